import Postgres
import TestSupport
import Testing

@Suite(.databases("billing")) struct DatabaseContentsTests {
    @Test func `notices every write, that of the same values too`() async throws {
        let connection = try await TestDatabases.current["billing"].connect(as: .superuser)
        let before = try await DatabaseContents(of: connection)
        #expect(before["plans"] == 0 && before["outbox"] == 0 && before["no_such_table"] == nil)
        let again = try await DatabaseContents(of: connection)
        #expect(again == before && again.differences(from: before).isEmpty)

        try await connection.execute(
            "insert into plans (id, slug, name, created_at) values (gen_random_uuid(), 'free', 'Free', '2026-11-22')")
        let inserted = try await DatabaseContents(of: connection)
        #expect(inserted["plans"] == 1 && inserted.differences(from: before) == ["plans"])
        try await connection.execute("update plans set name = name")
        let updated = try await DatabaseContents(of: connection)
        #expect(updated["plans"] == 1 && updated.differences(from: inserted) == ["plans"])
        try await connection.execute("delete from plans")
        let deleted = try await DatabaseContents(of: connection)
        #expect(deleted == before)
    }
}
