import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization"), .hangLimit) struct OutboxBellTests {
    private let bell = OutboxBell()

    private func connect() async throws -> Connection {
        try await TestDatabases.current["organization"].connect()
    }

    private func append(_ number: UInt64, on connection: Connection) async throws {
        _ = try await connection.transaction { session in
            try OutboxWriter(service: "organization").append([try .thing(.id(number))], in: session, context: .test)
        }
    }

    @Test func `an append wakes the sleeper`() async throws {
        let (sleeper, writer) = (try await connect(), try await connect())
        #expect(try await sleeper.session { try bell.arm(in: $0) })
        try await append(1, on: writer)
        #expect(try await sleeper.session { try bell.wait(upTo: .seconds(60), in: $0) })
    }

    @Test func `nobody is woken who has given the lock back`() async throws {
        let (sleeper, writer) = (try await connect(), try await connect())
        #expect(try await sleeper.session { try bell.arm(in: $0) })
        try await sleeper.session { try bell.disarm(in: $0) }
        try await append(1, on: writer)
        #expect(try await sleeper.session { try bell.wait(upTo: .milliseconds(1), in: $0) } == false)
    }

    @Test func `an append in hand keeps the sleeper from falling asleep, and shows in the look that follows`() async throws {
        let (sleeper, writer) = (try await connect(), try await HeldTransaction(on: connect()))
        _ = try await writer.run { try OutboxWriter(service: "organization").append([try .thing()], in: $0, context: .test) }
        #expect(try await sleeper.session { try bell.arm(in: $0) } == false)
        try await writer.commit()
        #expect(try await sleeper.session { try bell.arm(in: $0) })
        let backlog = try await sleeper.session { try WindowReader(source: "organization").backlog(beyond: .start, in: $0) }
        #expect(backlog.events == 1)
    }

    @Test func `a second sleeper is refused the lock and woken all the same`() async throws {
        let (first, second, writer) = (try await connect(), try await connect(), try await connect())
        #expect(try await first.session { try bell.arm(in: $0) })
        #expect(try await second.session { try bell.arm(in: $0) } == false)
        try await append(1, on: writer)
        #expect(try await second.session { try bell.wait(upTo: .seconds(60), in: $0) })
    }
}
