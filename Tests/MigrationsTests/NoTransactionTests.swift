import Kernel
import Migrations
import Postgres
import Testing

@Suite struct NoTransactionTests {
    private let table = "create table a (id int);\ninsert into a values (1), (1);"

    private func runner(_ files: [String: String]) throws -> MigrationRunner {
        MigrationRunner(service: "billing", set: try MigrationSet(files: files.merging(["common/0001_a.sql": table]) { $1 }))
    }

    @Test func itsStatementRunsOutsideATransaction() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let index = "-- saasctl: no-transaction\n-- Built beside the running writers.\ncreate index concurrently a_id on a (id);"
        let marked = try runner(["common/0002_index.sql": index])
        #expect(try await marked.migrate(connection).steps.count == 2)
        #expect(try await connection.texts("select indexname from pg_indexes where tablename = 'a'") == ["a_id"])
        #expect(try await marked.verify(connection).isClean)
    }

    @Test func withoutTheMarkerTheServerRefusesIt() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let unmarked = try runner(["common/0002_index.sql": "create index concurrently a_id on a (id);"])
        let error = await #expect(throws: MigrationError.self) { try await unmarked.migrate(connection) }
        #expect(error?.failure.message.contains("0002_index.sql:1: ") == true)
    }

    @Test func aFailureSaysThatSomethingMayBeLeft() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let unique = "-- saasctl: no-transaction\ncreate unique index concurrently a_unique on a (id)"
        let failing = try runner(["common/0002_unique.sql": unique])
        let error = await #expect(throws: MigrationError.self) { try await failing.migrate(connection) }
        guard case .failed(let failed) = error else { Issue.record("\(error as Any)"); return }
        #expect(!failed.rolledBack)
        #expect(failed.cause.sqlState == .uniqueViolation)
        #expect(failed.failure.details.last?.hasPrefix("the statement ran outside a transaction") == true)
        #expect(!failed.failure.message.contains("(1)"), "the duplicate value is data")
        let findings = try await failing.verify(connection).findings
        #expect(findings.map(\.kind) == [.invalidIndex])
        #expect(findings.first?.message.contains("a_unique") == true)
    }

    @Test func anUnfinishedIndexIsNotTakenForTheFinishedOne() async throws {
        let connection = try await ScratchCluster.shared.database().open()
        let unique = "-- saasctl: no-transaction\ncreate unique index concurrently if not exists a_unique on a (id)"
        let failing = try runner(["common/0002_unique.sql": unique])
        await #expect(throws: MigrationError.self) { try await failing.migrate(connection) }
        // The second time `if not exists` finds the wreck and does nothing, which is no success.
        let error = await #expect(throws: MigrationError.self) { try await failing.migrate(connection) }
        guard case .invalidIndexes(_, let names) = error else { Issue.record("\(error as Any)"); return }
        #expect(names == ["a_unique"])
        #expect(try await failing.status(connection).pending.map(\.number) == [2])
        try await connection.session { try $0.script("drop index a_unique; delete from a; insert into a values (1)") }
        #expect(try await failing.migrate(connection).steps.count == 1)
    }

    @Test func aWaitingRunDoesNotStandInTheWayOfAnIndex() async throws {
        let database = try await ScratchCluster.shared.database()
        let index = "-- saasctl: no-transaction\ncreate index concurrently a_id on a (id)"
        let marked = try runner(["common/0002_index.sql": index])
        let steps = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { try await marked.migrate(database.open()).steps.count }
            }
            return try await group.reduce(into: 0) { $0 += $1 }
        }
        #expect(steps == 2)
    }
}
