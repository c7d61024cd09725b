import Kernel
import Migrations
import Postgres
import TestSupport
import Testing

@Suite struct MigrationRunnerTests {
    private let files = [
        "common/0001_outbox.sql": "create table outbox (id int primary key);",
        "billing/0001_plans.sql": "create table plan (slug text primary key);\ninsert into plan values ('free');",
        "billing/0002_prices.sql": "-- saasctl: requires-binary 0.1.0\nalter table plan add column price int;\nupdate plan set price = 0;",
        "billing/0003_price_needed.sql": "alter table plan alter column price set not null",
        "audit/0001_log.sql": "create table log (id int)",
    ]
    private let clock = FixedClock(Timestamp(year: 2026, month: 11, day: 22, hour: 21, microsecond: 5))

    private func runner(upTo last: Int = 3, adding more: [String: String] = [:]) throws -> MigrationRunner {
        let some = files.filter { !$0.key.hasPrefix("billing/") || $0.key < "billing/000\(last + 1)" }
        let set = try MigrationSet(files: some.merging(more) { $1 })
        return MigrationRunner(service: "billing", set: set, version: SaasctlVersion(0, 1, 0), clock: clock)
    }

    @Test func aFreshDatabaseGetsCommonFirstThenItsService() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let runner = try runner()
        #expect(try await runner.status(connection).isNeverMigrated)
        let report = try await runner.migrate(connection)
        #expect(report.steps.map { "\($0.component)/\($0.number)" } == ["common/1", "billing/1", "billing/2", "billing/3"])
        #expect(try await connection.tables() == ["outbox", "plan", "schema_migrations"])

        let status = try await runner.status(connection)
        #expect(status.applied.count == 4 && status.migrations.count == 4)
        let record = try #require(status.applied[2].record)
        #expect(record.name == "prices")
        #expect(record.requiredBinary == SaasctlVersion(0, 1, 0))
        #expect(record.binaryVersion == SaasctlVersion(0, 1, 0))
        #expect(record.appliedAt == clock.now())
        #expect(record.durationMs != nil)
        #expect(record.checksum == report.steps[2].checksum)
        #expect(try await runner.verify(connection).isClean)
        #expect(try await runner.migrate(connection).steps.isEmpty)
    }

    @Test func theLadderKeepsWhatEachVersionWrote() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        #expect(try await runner(upTo: 1).migrate(connection).steps.count == 2)
        try await connection.session { try $0.script("insert into plan values ('pro')") }
        #expect(try await runner(upTo: 2).migrate(connection).steps.map(\.name) == ["prices"])
        try await connection.session { try $0.script("insert into plan values ('team', 7)") }
        #expect(try await runner(upTo: 3).migrate(connection).steps.map(\.name) == ["price_needed"])
        #expect(try await connection.texts("select slug || price from plan order by slug") == ["free0", "pro0", "team7"])
    }

    @Test func aFailingMigrationLeavesThoseBeforeItAndNothingOfItself() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let broken = "create table half (id int);\n\n-- divides\ninsert into half\n  values (1 / 0);\ncreate table rest (id int);"
        let runner = try runner(
            upTo: 1, adding: ["billing/0002_broken.sql": broken, "billing/0003_after.sql": "create table after (id int)"])
        let error = await #expect(throws: MigrationError.self) { try await runner.migrate(connection) }
        guard case .failed(let failed) = error else { Issue.record("\(error as Any)"); return }
        #expect(failed.cause.sqlState == SQLState("22012"))
        #expect(failed.path == "migrations/billing/0002_broken.sql" && failed.line == 4 && failed.appliedBefore == 2 && failed.rolledBack)
        let failure = failed.failure
        #expect(failure.code == .migrationFailed)
        #expect(failure.message == "migrations/billing/0002_broken.sql:4: division by zero (22012)")
        #expect(failure.details == ["applied before it, and staying: 2", "the database is as it was before this migration"])
        #expect(try await connection.tables() == ["outbox", "plan", "schema_migrations"])
        #expect(try await runner.status(connection).pending.map(\.number) == [2, 3])
        #expect(try await self.runner().migrate(connection).steps.map(\.name) == ["prices", "price_needed"])
    }

    @Test func whatIsDeferredFailsAtTheCommit() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let deferred = "create table child (id int references parent (id) deferrable initially deferred);\ninsert into child values (1)"
        let set = try MigrationSet(files: ["common/0001_a.sql": "create table parent (id int primary key)", "common/0002_b.sql": deferred])
        let runner = MigrationRunner(service: "billing", set: set)
        let error = await #expect(throws: MigrationError.self) { try await runner.migrate(connection) }
        #expect(error?.failure.message.hasPrefix("migrations/common/0002_b.sql, at commit: ") == true)
        #expect(try await connection.tables() == ["parent", "schema_migrations"])
        #expect(try await runner.status(connection).pending.map(\.number) == [2])
    }

    @Test func aDryRunChangesNothing() async throws {
        let database = try await ScratchCluster.shared.database()
        let connection = try await database.open()
        let report = try await runner().migrate(connection, dryRun: true)
        #expect(report.dryRun)
        #expect(report.steps.map(\.path).first == "migrations/common/0001_outbox.sql" && report.steps.count == 4)
        #expect(report.steps.allSatisfy { $0.durationMs == nil })
        #expect(try await connection.tables().isEmpty)
        #expect(try await runner().plan(connection).migrations.count == 4)
    }

    @Test func eachStepIsReportedAfterItsCommit() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let runner = try runner(upTo: 1, adding: ["billing/0002_broken.sql": "select 1 / 0"])
        await confirmation(expectedCount: 2) { applied in
            _ = await #expect(throws: MigrationError.self) { try await runner.migrate(connection) { _ in applied() } }
        }
    }

    @Test func textIsKeptByTheByte() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let text = "e\u{301} é 日本 😀 \u{2028} \\ 'x' $a$\r\n\tend "
        let set = try MigrationSet(files: [
            "common/0001_text.sql": "create table \"Größe\" (名 text);\ninsert into \"Größe\" values ($t$\(text)$t$);"
        ])
        try await MigrationRunner(service: "billing", set: set).migrate(connection)
        let stored = try await connection.texts("select 名 from \"Größe\"")
        #expect(stored.map { Array($0.utf8) } == [Array(text.utf8)])
    }

    @Test func theCommandsRoleMayReadTheLevelAndNotChangeIt() async throws {
        let database = try await ScratchCluster.shared.database()
        let owner = try await database.open()
        let runner = try runner()
        try await runner.migrate(owner)
        let commands = try await database.open(user: "billing_app")
        #expect(try await runner.status(commands).applied.count == 4)
        let error = await #expect(throws: PostgresError.self) {
            try await commands.session { try $0.script("delete from schema_migrations") }
        }
        #expect(error?.sqlState == .insufficientPrivilege)
    }

    @Test func settingsAreAsBefore() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let settings: SQL = """
            select string_agg(name || '=' || setting, ' ' order by name) from pg_settings
            where name in ('statement_timeout', 'lock_timeout', 'search_path', 'client_min_messages')
            """
        try await connection.session { try $0.script("set statement_timeout = '77s'; set search_path = elsewhere") }
        let before = try await connection.texts(settings)
        let broken = try runner(adding: ["billing/0004_broken.sql": "select nonsense"])
        await #expect(throws: MigrationError.self) { try await broken.migrate(connection) }
        #expect(try await connection.texts(settings) == before)
        #expect(
            try await connection.texts("select relname from pg_class where relname = 'plan' and relnamespace = 'public'::regnamespace")
                .count == 1)
    }

    @Test(.hangLimit) func aStatementWaitsForATableOnlyAsLongAsItMay() async throws {
        let database = try await ScratchCluster.shared.database()
        let owner = try await database.open()
        try await runner(upTo: 1).migrate(owner)
        // A prepared transaction holds its locks without a session.
        let held = "begin; lock table plan in access share mode; prepare transaction '\(database.name)'"
        try await owner.session { try $0.script(held) }
        let hasty = MigrationRunner(service: "billing", set: try runner().set, patience: .init(forTables: .milliseconds(1)))
        let error = await #expect(throws: MigrationError.self) { try await hasty.migrate(owner) }
        #expect(error?.failure.code == .databaseBusy)
        #expect(error?.failure.code.exit == .tryAgain)
        try await owner.session { try $0.script("rollback prepared '\(database.name)'") }
        #expect(try await hasty.migrate(owner).steps.count == 2)
    }
}
