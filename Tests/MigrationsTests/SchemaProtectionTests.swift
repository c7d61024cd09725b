import Kernel
import Migrations
import Postgres
import Testing

/// Drift, newer databases, gaps and wrong databases, met by the runner and by the check that commands make.
@Suite struct SchemaProtectionTests {
    private let files = ["common/0001_a.sql": "create table a (id int)", "billing/0001_b.sql": "create table b (id int)"]

    private func runner(
        _ changes: [String: String] = [:], service: String = "billing", version: SaasctlVersion = SaasctlVersion(0, 1, 0)
    ) throws -> MigrationRunner {
        let set = try MigrationSet(files: files.merging(changes) { $1 }.filter { !$0.value.isEmpty })
        return MigrationRunner(service: service, set: set, version: version)
    }

    private func refusal(_ runner: MigrationRunner, _ connection: Connection) async -> Failure? {
        await #expect(throws: MigrationError.self) { try await runner.migrate(connection) }?.failure
    }

    @Test func anEditedFileIsDriftAndStopsTheRun() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        try await runner().migrate(connection)
        let edited = try runner(["billing/0001_b.sql": "create table b (id bigint)", "billing/0002_c.sql": "create table c (id int)"])
        let finding = try #require(try await edited.verify(connection).findings.first)
        #expect(finding.kind == .drift && finding.component == "billing" && finding.number == 1)
        #expect(finding.expectedChecksum?.count == 64 && finding.recordedChecksum?.count == 64)
        #expect(finding.expectedChecksum != finding.recordedChecksum)
        let failure = await refusal(edited, connection)
        #expect(failure?.code == .schemaDrifted)
        #expect(failure?.details == ["migrations/billing/0001_b.sql"])
        #expect(try await connection.tables() == ["a", "b", "schema_migrations"])
    }

    @Test func aNewerDatabaseIsReportedAndIsNoObstacle() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        try await runner(["billing/0002_c.sql": "create table c (id int)"], version: SaasctlVersion(0, 2, 0)).migrate(connection)
        let older = try runner()
        let finding = try #require(try await older.verify(connection).findings.first)
        #expect(finding.kind == .newer)
        #expect(finding.message == "migrations/billing/0002_c.sql was applied by saasctl 0.2.0, and this one does not have it")
        #expect(try await older.migrate(connection).steps.isEmpty)
        let check = SchemaCheck(service: "billing", set: older.set, version: older.version)
        #expect(check.failure(for: try await connection.session { try $0.all(check.query) }) == nil)
    }

    @Test func aDatabaseMayAskForANewerBinary() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let newer = [
            "billing/0002_c.sql": "-- saasctl: requires-binary 0.9.0\nalter table b rename to c",
            "billing/0003_d.sql": "-- saasctl: requires-binary 0.10.0\ndrop table c",
        ]
        try await runner(newer, version: SaasctlVersion(0, 10, 0)).migrate(connection)
        let older = try runner(version: SaasctlVersion(0, 9, 0))
        #expect(await refusal(older, connection)?.code == .binaryOutdated)
        let check = SchemaCheck(service: "billing", set: older.set, version: older.version)
        let level = SchemaLevel(of: "billing", from: try await connection.session { try $0.all(check.query) })
        #expect(level == SchemaLevel(common: 1, own: 3, requiredBinary: SaasctlVersion(0, 10, 0)))
        #expect(check.failure(for: level)?.code == .binaryOutdated)
    }

    @Test func aGapStopsTheRun() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let full = try runner(["billing/0002_c.sql": "create table c (id int)"])
        try await full.migrate(connection)
        try await connection.session { try $0.script("delete from schema_migrations where component = 'billing' and number = 1") }
        #expect(try await full.verify(connection).findings.map(\.kind) == [.gap])
        #expect(await refusal(full, connection)?.details == ["migrations/billing/0001_b.sql"])
    }

    @Test func aNewerDatabaseThatLacksSomethingStopsTheRun() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        try await runner(["billing/0002_c.sql": "create table c (id int)"]).migrate(connection)
        let other = try runner(["common/0002_d.sql": "create table d (id int)"])
        let failure = await refusal(other, connection)
        #expect(failure?.code == .binaryOutdated)
        #expect(failure?.details == ["migrations/billing/0002_c.sql"])
    }

    @Test func anotherServicesDatabaseIsLeftAlone() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        try await runner().migrate(connection)
        let audit = try runner(["audit/0001_log.sql": "create table log (id int)"], service: "audit")
        #expect(await refusal(audit, connection)?.code == .configuration)
        #expect(try await audit.verify(connection).findings.map(\.kind) == [.foreign])
        let check = SchemaCheck(service: "audit", set: audit.set, version: audit.version)
        let failure = check.failure(for: try await connection.session { try $0.all(check.query) })
        #expect(failure?.message == #"the connection of "audit" leads to the database of "billing""#)
        #expect(try await connection.tables() == ["a", "b", "schema_migrations"])
    }

    @Test func aCommandMeetsADatabaseThatWasNeverMigrated() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let check = SchemaCheck(service: "billing", set: try runner().set)
        for transaction in [false, true] {
            let error = try #require(
                await #expect(throws: PostgresError.self) {
                    if transaction {
                        _ = try await connection.transaction {
                            try $0.pipeline(check.query, Query("select 1") { try $0.get(0, as: Int.self) })
                        }
                    } else {
                        _ = try await connection.session { try $0.all(check.query) }
                    }
                })
            let failure = try #require(check.failure(for: error))
            #expect(failure.code == .schemaOutdated)
            #expect(failure.hint == "saasctl db migrate")
        }
    }

    @Test func aTableThatIsMissingElsewhereIsNotTakenForIt() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        try await runner(["billing/0001_b.sql": ""]).migrate(connection)
        let check = SchemaCheck(service: "billing", set: try runner().set)
        let error = try #require(
            await #expect(throws: PostgresError.self) {
                try await connection.transaction { try $0.pipeline(check.query, Query("select id from b") { try $0.get(0, as: Int.self) }) }
            })
        #expect(error.sqlState == .undefinedTable)
        #expect(check.failure(for: error) == nil)
        #expect(SchemaCheck.mayComeFromSchema(error))
        let alone = check.failure(for: try await connection.session { try $0.all(check.query) })
        #expect(alone?.code == .schemaOutdated)
        #expect(alone?.hint == "saasctl db migrate --service billing")
    }
}
