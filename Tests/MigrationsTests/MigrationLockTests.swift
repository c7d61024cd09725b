import Kernel
import Migrations
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.hangLimit) struct MigrationLockTests {
    private let set: MigrationSet

    init() throws {
        set = try MigrationSet(files: [
            "common/0001_a.sql": "create table a (id int)", "common/0002_b.sql": "create table b (id int)",
            "billing/0001_c.sql": "create table c (id int)",
        ])
    }

    @Test func runsAtOneTimeDoNotMeet() async throws {
        let database = try await ScratchCluster.shared.database()
        let runner = MigrationRunner(service: "billing", set: set)
        let steps = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let connection = try await database.open()
                    return try await runner.migrate(connection).steps.count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(steps.sorted() == [0, 0, 0, 0, 0, 3])
        #expect(try await runner.verify(database.open()).isClean)
    }

    @Test func theSecondRunWaitsAndThenFindsNothingToDo() async throws {
        let database = try await ScratchCluster.shared.database()
        let runner = MigrationRunner(service: "billing", set: set)
        let first = try await database.open()
        let second = try await database.open(applicationName: "second")
        let later = Mutex<Task<MigrationReport, any Error>?>(nil)
        let report = try await runner.migrate(first) { step in
            // Begun while the first run is in the middle of its migrations.
            if step.number == 1, step.component == "common" {
                later.withLock { $0 = Task { try await runner.migrate(second) } }
            }
        }
        #expect(report.steps.count == 3)
        #expect(try await later.withLock(\.self)?.value.steps.isEmpty == true)
    }

    @Test func theWaitIsBoundedAndNamesTheHolder() async throws {
        let database = try await ScratchCluster.shared.database()
        let first = try await database.open(applicationName: "saasctl db migrate")
        let second = try await database.open()
        let hasty = MigrationRunner(service: "billing", set: set, patience: .init(forRuns: .milliseconds(30)))
        let gate = DatabaseGate(try await database.open())
        try await gate.close()
        // The first run stands at the gate until the second has given up.
        let gated = try MigrationSet(files: ["common/0001_a.sql": gate.passing])
        let held = Task { try await MigrationRunner(service: "billing", set: gated).migrate(first) }
        try await gate.untilSomebodyWaits()
        let error = await #expect(throws: MigrationError.self) { try await hasty.migrate(second) }
        let failure = try #require(error?.failure)
        #expect(failure.code == .migrationLocked)
        #expect(failure.code.exit == .tryAgain)
        #expect(failure.message.hasPrefix(#"the database of "billing" is being migrated by process "#))
        #expect(failure.message.hasSuffix("(saasctl db migrate)"))
        try await gate.open()
        #expect(try await held.value.steps.count == 1)
    }

    @Test func aCancelledRunLetsGoOfTheLockAndUndoesItsMigration() async throws {
        let database = try await ScratchCluster.shared.database()
        let connection = try await database.open()
        let gate = DatabaseGate(try await database.open())
        try await gate.close()
        let stuck = try MigrationSet(files: ["common/0001_a.sql": "create table gone (id int);\n" + gate.passing])
        let run = Task { try await MigrationRunner(service: "billing", set: stuck).migrate(connection) }
        try await gate.untilSomebodyWaits()
        run.cancel()
        let error = await #expect(throws: MigrationError.self) { try await run.value }
        #expect(error?.failure.code == .interrupted)
        #expect(try await connection.tables() == ["schema_migrations"])
        try await gate.open()
        // On another connection, so that a lock left behind would be met.
        let other = MigrationRunner(service: "billing", set: set, patience: .init(forRuns: .zero))
        #expect(try await other.migrate(database.open()).steps.count == 3)
    }
}

/// An advisory lock at which a migration can be made to stand.
private struct DatabaseGate: Sendable {
    /// A statement that goes on when the gate is open.
    let passing = "select pg_advisory_xact_lock(42)"
    private let keeper: Connection

    init(_ keeper: Connection) {
        self.keeper = keeper
    }

    func close() async throws {
        _ = try await keeper.texts("select pg_advisory_lock(42)::text")
    }

    func open() async throws {
        _ = try await keeper.texts("select pg_advisory_unlock(42)::text")
    }

    func untilSomebodyWaits() async throws {
        let waiting: SQL = """
            select l.pid::text from pg_locks l join pg_database d on d.oid = l.database
            where d.datname = current_database() and l.locktype = 'advisory' and l.objid = 42 and not l.granted
            """
        while try await keeper.texts(waiting).isEmpty { await Task.yield() }
    }
}
