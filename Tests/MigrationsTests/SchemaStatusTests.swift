import Cryptography
import Kernel
import Migrations
import Testing

@Suite struct SchemaStatusTests {
    private let set: MigrationSet

    init() throws {
        set = try MigrationSet(files: [
            "common/0001_init.sql": "select 1", "billing/0001_init.sql": "select 2", "billing/0002_more.sql": "select 3",
            "audit/0001_init.sql": "select 4",
        ])
    }

    private func record(_ component: String, _ number: Int, _ name: String, _ sql: String, required: SaasctlVersion? = nil)
        -> MigrationRecord
    {
        let checksum = SHA256.hash(Array(sql.utf8)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return MigrationRecord(
            component: component, number: number, name: name, checksum: checksum, requiredBinary: required,
            binaryVersion: SaasctlVersion(0, 1, 0), durationMs: 3, appliedAt: Timestamp(year: 2026, month: 11, day: 22))
    }

    private func states(_ records: [MigrationRecord]) -> [String] {
        SchemaStatus(service: "billing", set: set, records: records).migrations.map { "\($0.component)/\($0.number) \($0.state.rawValue)" }
    }

    @Test func everythingIsPendingAtFirstCommonBeforeTheService() {
        #expect(states([]) == ["common/1 pending", "billing/1 pending", "billing/2 pending"])
        #expect(SchemaStatus(service: "billing", set: set, records: []).isNeverMigrated)
    }

    @Test func whatIsRecordedIsApplied() {
        let records = [record("billing", 1, "init", "select 2"), record("common", 1, "init", "select 1")]
        #expect(states(records) == ["common/1 applied", "billing/1 applied", "billing/2 pending"])
    }

    @Test func anotherTextOrNameIsDrift() {
        let records = [record("common", 1, "start", "select 1"), record("billing", 1, "init", "select 2 ")]
        #expect(states(records) == ["common/1 drifted", "billing/1 drifted", "billing/2 pending"])
    }

    @Test func aGapIsNotPending() {
        let records = [record("common", 1, "init", "select 1"), record("billing", 2, "more", "select 3")]
        #expect(states(records) == ["common/1 applied", "billing/1 skipped", "billing/2 applied"])
    }

    @Test func aNewerDatabaseHasUnknownMigrationsAndPerhapsGaps() {
        let records = [
            record("common", 1, "init", "select 1"), record("billing", 1, "init", "select 2"), record("billing", 2, "more", "select 3"),
            record("billing", 4, "later", "select 9", required: SaasctlVersion(0, 10, 0)),
        ]
        #expect(
            states(records) == ["common/1 applied", "billing/1 applied", "billing/2 applied", "billing/3 skipped", "billing/4 unknown"])
        let status = SchemaStatus(service: "billing", set: set, records: records)
        #expect(status.requiredBinary == SaasctlVersion(0, 10, 0))
        #expect(status.unknown.map(\.path) == ["migrations/billing/0004_later.sql"])
        #expect(status.skipped.map(\.path) == ["migrations/billing: number 3"])
    }

    @Test func anotherServicesMigrationsAreForeign() {
        let status = SchemaStatus(service: "billing", set: set, records: [record("audit", 1, "init", "select 4")])
        #expect(status.foreignComponents == ["audit"])
        #expect(!status.isNeverMigrated)
    }

    @Test func theStatusIsPlainJSON() throws {
        let status = SchemaStatus(service: "audit", set: set, records: [record("common", 1, "init", "select 1")])
        let text = try JSONCoding.encode(status)
        #expect(text.contains(#""duration_ms":3"#))
        #expect(text.contains(#""state":"pending""#))
        #expect(try JSONCoding.decode(SchemaStatus.self, from: text) == status)
    }
}
