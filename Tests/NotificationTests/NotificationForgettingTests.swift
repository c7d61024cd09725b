import FoundationEssentials
import IdentityEvents
import Kernel
import Notification
import Outbox
import Postgres
import TestSupport
import Testing

/// What is left of those who are gone.
@Suite(.databases("notification")) struct NotificationForgettingTests {
    private func isEmpty(_ database: Connection) async throws -> Bool {
        let left = try await database.fetch("select count(*) from notifications union all select count(*) from deliveries", as: Int64.self)
        return left == [0, 0]
    }

    // GDPR, article 17. Sources are read in any interleaving.
    @Test(arguments: [true, false])
    func `of a user who is erased nothing is left, whichever source is read first`(_ isErasedFirst: Bool) async throws {
        let database = try await connect()
        func erase() async throws { try await database.hear(.erased(1, position: 9)) }
        if isErasedFirst { try await erase() }
        try await database.hear(.ofUser(PasswordChanged(userId: .numbered(1), byReset: true), 1, position: 1))
        try await database.hear(.joined(1, position: 2), from: "organization")
        try await database.hear(.assigned(to: 1, position: 3), from: "workflow")
        if !isErasedFirst {
            #expect(try await database.notes(of: .numbered(1)).count == 3)
            try await erase()
        }
        #expect(try await isEmpty(database))
    }

    @Test(arguments: [true, false])
    func `of an organization that is purged nothing is left, whichever source is read first`(_ isPurgedFirst: Bool) async throws {
        let database = try await connect()
        let end = OperationContext.ofTest().now.advanced(by: .seconds(60))
        func purge() async throws {
            try await database.hear(
                .joined(1, position: 1), .invited(position: 2, until: end), .purged(position: 3), from: "organization")
        }
        if isPurgedFirst { try await purge() }
        try await database.hear(.assigned(to: 1, position: 3), from: "workflow")
        if !isPurgedFirst {
            #expect(try await database.notes(of: .numbered(1)).count == 1)
            try await purge()
        }
        #expect(try await isEmpty(database))
        try await database.hear(.registered(1, position: 4))
        #expect(try await database.notes(of: .numbered(1)).map(\.template) == [.welcome])
    }

    // PostgreSQL 15, section 13.2.1: a statement does not see what another transaction has not committed yet.
    @Test(arguments: [true, false])
    func `two lanes at once leave nothing of who is erased`(_ isErasedFirst: Bool) async throws {
        let erased = try StoredEvent.erased(1, position: 9)
        let joined = try StoredEvent.joined(1, position: 2)
        func apply(_ event: StoredEvent) -> @Sendable (Session) throws -> Int {
            { session in
                try NotificationConsumer().apply(
                    EventChunk(source: event.source, events: [event]), in: session, context: ConsumerContext(now: event.time)
                ).count
            }
        }
        let (first, second) = isErasedFirst ? (erased, joined) : (joined, erased)
        let (_, late) = try await rivalry(connect(), apply(first), against: connect(), apply(second))
        _ = try late.get()
        #expect(try await isEmpty(connect()))
    }
}
