import FoundationEssentials
import IdentityEvents
import Kernel
import Notification
import NotificationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("notification")) struct NotificationConsumerTests {
    @Test func `a new user is welcomed, and that is told`() async throws {
        let database = try await connect()
        let registered = Timestamp(year: 2026, month: 1, day: 2)
        let event = try StoredEvent.registered(1, position: 5, at: registered)
        let told = try await database.hear(event)
        let note = try #require(await database.notes(of: .numbered(1)).first)
        #expect(note.userId == .numbered(1) && note.template == .welcome && note.organizationId == nil && note.readAt == nil)
        // When the user came, not when a worker found the time.
        #expect(note.createdAt == registered)
        #expect(told.map(\.type.description) == ["saas.notification.delivered.v1"])
        #expect(told.map(\.subject) == [note.id])
        #expect(told.map(\.sequence) == [1])
        #expect(told.map(\.organizationId) == [nil])
        #expect(try told[0].decoded() == NotificationDelivered(notificationId: note.id, userId: .numbered(1), channel: .inApp))
        let stored = try await database.outbox(of: "notification")
        #expect(stored.map(\.causationId) == [event.id])
        #expect(stored.map(\.correlationId) == [event.correlationId])
        #expect(stored.map(\.actor) == ["service:notification"])
        #expect(try await database.fetch("select event_sequence from notifications", as: Int64.self) == [1])
    }

    @Test func `the same events again, or twice in one chunk, welcome nobody twice`() async throws {
        let database = try await connect()
        let one = try StoredEvent.registered(1, position: 1)
        let two = try StoredEvent.registered(2, position: 2)
        #expect(try await database.hear(one, two, one).count == 2)
        #expect(try await database.hear(two, one).isEmpty)
        #expect(try await database.hear(two, .registered(3, position: 3), one).map(\.sequence) == [1])
        for user in 1...3 { #expect(try await database.notes(of: .numbered(UInt64(user))).count == 1) }
        #expect(try await database.outbox(of: "notification").count == 3)
    }

    // GDPR, article 17.
    @Test func `of who is erased nothing is left, also where one chunk brings both`() async throws {
        let database = try await connect()
        try await database.hear(.registered(1, position: 1), .registered(2, position: 2))
        try await database.hear(.registered(3, position: 3), .erased(1, position: 4), .erased(3, position: 5))
        #expect(try await database.fetch("select user_id from notifications", as: UUID.self) == [.numbered(2)])
    }

    @Test func `an empty chunk is nothing`() async throws {
        let database = try await connect()
        #expect(try await database.hear().isEmpty)
        #expect(try await database.outbox(of: "notification").isEmpty)
    }

    @Test func `of two workers with the same event one welcomes`() async throws {
        let event = try StoredEvent.registered(1, position: 1)
        let apply: @Sendable (Session) throws -> Int = { session in
            try NotificationConsumer().apply(
                EventChunk(source: "identity", events: [event]), in: session, context: ConsumerContext(now: event.time)
            ).count
        }
        let (first, second) = try await rivalry(connect(), apply, against: connect(), apply)
        #expect(first == 1)
        #expect(try second.get() == 0)
    }
}

@Suite(.databases("notification")) struct NotificationListTests {
    @Test func `pages neither overlap nor leave out, and show one user's notes`() async throws {
        let database = try await connect()
        let start = OperationContext.ofTest().now
        for number in 0..<9 {
            // Each event of its own; five of them at one instant.
            let time = start.advanced(by: .seconds(number.isMultiple(of: 2) ? 4 : number))
            try await database.hear(
                .registered(1, position: Int64(number), at: time), .registered(2, position: Int64(100 + number), at: time))
        }
        let expected = try await database.fetch(
            "select id from notifications where user_id = \(UUID.numbered(1)) order by created_at desc, id desc", as: UUID.self)
        #expect(expected.count == 9)
        for limit in [1, 2, 4, 8, 9, 10] {
            let pages = try await pages { cursor in
                try await database.session { try NotificationService.notifications(of: .numbered(1), before: cursor, limit: limit, in: $0) }
            }
            #expect(pages.flatMap(\.self).map(\.id) == expected)
            #expect(pages.dropLast().allSatisfy { $0.count == limit })
        }
        #expect(try await database.notes(of: .numbered(3)).isEmpty)
    }

    @Test func `what was read says when, and where it belongs`() async throws {
        let database = try await connect()
        try await database.hear(.registered(1, position: 1))
        let read = OperationContext.ofTest().now.advanced(by: .seconds(60))
        try await database.execute("update notifications set read_at = \(read), organization_id = \(UUID.numbered(9))")
        let note = try #require(await database.notes(of: .numbered(1)).first)
        #expect(note.readAt == read)
        #expect(note.organizationId == .numbered(9))
    }

    @Test func `a template that this program does not know is an error, not a guess`() async throws {
        let database = try await connect()
        try await database.hear(.registered(1, position: 1))
        try await database.execute("update notifications set template = 'farewell'")
        await #expect(throws: UnknownValue.self) { try await database.notes(of: .numbered(1)) }
    }

    @Test func `the table refuses what no rule would let through, and the role that runs commands removes no table`() async throws {
        let database = try await connect()
        try await database.hear(.registered(1, position: 1))
        for bad: SQL in [
            "update notifications set template = 'Hello, Ada'", "update notifications set read_at = created_at - interval '1 second'",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation)
        }
        let twin: SQL = """
            insert into notifications (id, user_id, template, event_id, created_at)
            select gen_random_uuid(), user_id, template, event_id, created_at from notifications
            """
        #expect(try await database.refusal(of: twin) == .uniqueViolation)
        for forbidden: SQL in ["truncate notifications", "drop table notifications"] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
