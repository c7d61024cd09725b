import ArgumentParser
import CommandKit
import Configuration
import Cryptography
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// The frame of a mutation around service functions that no domain has yet: a refusal that leaves a record, a result with a secret.
@Suite(.databases("identity")) struct MutationTests {
    private struct AttemptFailed: DomainEvent {
        static let eventType = EventType("saas.attempt.failed", version: 1)
        static let aggregateType = "attempt"
        let attemptId: UUID
    }

    private struct Verdict: Renderable, Equatable {
        let text: String
        static let resourceKind = "Verdict"
        static var fields: [Column<Verdict>] { [Column("text") { $0.text }] }
        var identifier: String { text }
    }

    private static let locked = ErrorCode("LOCKED_OUT", .denied)

    /// Writes a row, tells an event, and says no.
    private static func refuse(_ session: Session, _ operation: OperationContext) throws -> Decision<Verdict> {
        let id = operation.newId()
        try session.run(
            Query(
                """
                insert into users (id, email, email_normalized, name, created_at, updated_at)
                values (\(id), 'a@example.org', 'a@example.org', 'A', \(operation.now), \(operation.now))
                """))
        return .refused(
            Failure(locked, "too many attempts"),
            Change(
                (), rows: [try ChangedRow(.insert, "users", ["id": id.text])],
                events: [try PendingEvent(AttemptFailed(attemptId: id), subject: id, sequence: 1, organization: nil)]))
    }

    private static func counts() async throws -> [Int] {
        let contents = try await TestDatabases.current.contents()["identity"]
        return ["users", "outbox", "operations", "idempotency_keys"].map { contents?[$0] ?? -1 }
    }

    private func context(_ io: CapturedTerminal = CapturedTerminal()) async throws -> CommandContext {
        try CommandContext(
            global: try GlobalOptions.parse([]), invocation: Invocation(words: ["session", "login"]), io: io, environment: [:],
            clock: FixedClock(Timestamp(year: 2026, month: 11, day: 22)),
            services: OneDatabase(connection: try await TestDatabases.current["identity"].connect()))
    }

    @Test func `a committed refusal is an error after its record has been kept`() async throws {
        let io = CapturedTerminal()
        let context = try await context(io)
        let failure = await #expect(throws: Failure.self) {
            try await context.decide(Mutation(of: "identity", parameters: ["a": 1]), MutationOptions.parse([])) { try Self.refuse($0, $1) }
        }
        #expect(failure?.code == Self.locked)
        #expect(io.output.isEmpty)
        #expect(try await Self.counts() == [1, 1, 1, 0])
    }

    @Test func `a refusal is not what its idempotency key stands for`() async throws {
        let context = try await context()
        let options = try MutationOptions.parse(["--idempotency-key", "k1"])
        let mutation = try Mutation(of: "identity", parameters: ["a": 1])
        await #expect(throws: Failure.self) { try await context.decide(mutation, options) { try Self.refuse($0, $1) } }
        #expect(try await Self.counts() == [1, 1, 1, 0])
        try await context.perform(mutation, options) { _, _ in Change(Verdict(text: "yes")) }
        #expect(try await Self.counts() == [1, 1, 1, 1], "the key was free")
    }

    @Test func `a rehearsed refusal leaves nothing behind`() async throws {
        let context = try await context()
        let failure = await #expect(throws: Failure.self) {
            try await context.decide(Mutation(of: "identity", parameters: ["a": 1]), MutationOptions.parse(["--dry-run"])) {
                try Self.refuse($0, $1)
            }
        }
        #expect(failure?.code == Self.locked)
        #expect(try await Self.counts() == [0, 0, 0, 0])
    }

    @Test func `what a service function throws undoes what it wrote`() async throws {
        let context = try await context()
        let failure = await #expect(throws: Failure.self) {
            try await context.perform(Mutation(of: "identity", parameters: ["a": 1]), MutationOptions.parse(["--idempotency-key", "k1"])) {
                session, operation -> Change<Verdict> in
                _ = try Self.refuse(session, operation)
                throw Failure(.unexpected, "on second thoughts")
            }
        }
        #expect(failure?.message == "on second thoughts")
        #expect(try await Self.counts() == [0, 0, 0, 0])
    }

    @Test func `a result with a secret takes no idempotency key`() async throws {
        let context = try await context()
        let secret = try Mutation(of: "identity", isRepeatable: false, parameters: ["a": 1])
        let failure = await #expect(throws: Failure.self) {
            try await context.perform(secret, MutationOptions.parse(["--idempotency-key", "k1"])) { _, _ in Change(Verdict(text: "s3cret"))
            }
        }
        #expect(failure?.code == .usage)
        #expect(try await Self.counts() == [0, 0, 0, 0])
    }

    @Test func `what changes nothing leaves no operation behind`() async throws {
        let io = CapturedTerminal()
        let context = try await context(io)
        try await context.perform(Mutation(of: "identity", parameters: ["a": 1]), MutationOptions.parse([])) { _, _ in
            Change(Verdict(text: "as it was"))
        }
        #expect(io.output == "text:  as it was\n")
        #expect(try await Self.counts() == [0, 0, 0, 0])
    }
}

/// One connection, whatever is asked for.
private struct OneDatabase: ServiceAccess {
    let connection: Connection

    func profile() throws -> Profile { Profile(name: "test", databases: ServiceDatabases()) }
    func connection(to service: String) async throws -> Connection { connection }
    func masterKey() throws -> MasterKey { try #require(MasterKey([UInt8](repeating: 7, count: 32))) }
    var names: [String] { [] }
    var operatorAccount: String { "tester" }
    var directory: any Directory { NoServices().directory }
}
