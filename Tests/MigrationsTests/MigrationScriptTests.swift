import Kernel
import Migrations
import Postgres
import Testing

@Suite struct MigrationScriptTests {
    private func runner(_ adding: [String: String] = [:]) throws -> MigrationRunner {
        let files = [
            "common/0001_a.sql": "-- saasctl: requires-binary 0.1.0\ncreate table a (id int, \"name's\" text default 'é'';\\n');",
            "common/0002_index.sql": "-- saasctl: no-transaction\ncreate index concurrently a_id on a (id)",
            "billing/0001_b.sql": "create table b (id int)\n-- without a semicolon",
        ]
        return MigrationRunner(service: "billing", set: try MigrationSet(files: files.merging(adding) { $1 }))
    }

    @Test func psqlRunsTheScriptToTheSameEnd() async throws {
        let database = try await ScratchCluster.shared.database()
        let connection = try await database.open()
        let script = try await runner().sql(connection)
        #expect(try await connection.tables().isEmpty)
        #expect(database.psql(script) == 0)
        #expect(try await connection.tables() == ["a", "b", "schema_migrations"])
        let status = try await runner().status(connection)
        #expect(status.applied.count == 3 && status.migrations.count == 3)
        #expect(status.requiredBinary == SaasctlVersion(0, 1, 0))
        #expect(try await runner().verify(connection).isClean)
        #expect(try await runner().sql(connection).isEmpty)
    }

    @Test func theScriptStopsAtTheFirstErrorAndUndoesThatMigration() async throws {
        let database = try await ScratchCluster.shared.database()
        let connection = try await database.open()
        let broken = try runner(["billing/0002_c.sql": "create table c (id int); select nonsense;", "billing/0003_d.sql": "select 1"])
        #expect(database.psql("\\set QUIET\n" + (try await broken.sql(connection))) != 0)
        #expect(try await connection.tables() == ["a", "b", "schema_migrations"])
        #expect(try await broken.status(connection).pending.map(\.number) == [2, 3])
    }

    @Test func theScriptHoldsOnlyWhatIsPending() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        try await runner().migrate(connection)
        let script = try await runner(["billing/0002_c.sql": "create table c (id int)"]).sql(connection)
        #expect(script.contains("create table c (id int)"))
        #expect(!script.contains("create table b"))
    }
}
