import MigrationFiles
import Testing

@Suite struct MigrationFileTests {
    private func file(_ name: String, _ text: String = "select 1", component: String = "billing") throws(MigrationFileError)
        -> MigrationFile
    {
        try MigrationFile(component: component, fileName: name, text: text)
    }

    private func problem(_ name: String, _ text: String = "select 1", component: String = "billing") -> MigrationFileError? {
        do {
            _ = try file(name, text, component: component)
            return nil
        } catch {
            return error
        }
    }

    @Test func theNameGivesNumberAndName() throws {
        let file = try file("0042_add_plans_2.sql")
        #expect(file.number == 42)
        #expect(file.name == "add_plans_2")
        #expect(file.path == "migrations/billing/0042_add_plans_2.sql")
    }

    @Test(arguments: [
        "1_a.sql", "00001_a.sql", "0000_a.sql", "0001a.sql", "0001_.sql", "0001_A.sql", "0001_a__b.sql", "0001_a-b.sql", "0001_a.SQL",
        "0001_a", "0001_ä.sql", "٠٠٠١_a.sql", "0001_a .sql", "+001_a.sql", ".sql", "",
    ])
    func otherNamesAreRefused(name: String) {
        #expect(problem(name)?.problem == .fileName)
    }

    @Test func aFolderHasAPlainName() {
        #expect(problem("0001_a.sql", component: "Billing")?.problem == .componentName("Billing"))
    }

    @Test func theHeaderMayCarryMarkers() throws {
        let text = "-- Why\n\n--saasctl:   requires-binary 0.12.3\r\n  -- saasctl: no-transaction\ncreate index concurrently a on b (c)"
        let header = try file("0001_a.sql", text).header
        #expect(header.requiredBinary == [0, 12, 3])
        #expect(!header.runsInTransaction)
        let plain = try file("0001_a.sql", "-- saasctl does not mind\nselect 1").header
        #expect(plain.requiredBinary == nil)
        #expect(plain.runsInTransaction)
    }

    @Test(arguments: [
        ("-- x\n-- saasctl: no-transacton\nselect 1", 2, MigrationFileError.Problem.unknownMarker("no-transacton")),
        ("-- saasctl: requires-binary\nselect 1", 1, .unknownMarker("requires-binary")),
        ("-- saasctl: requires-binary 1.2\nselect 1", 1, .version("1.2")),
        ("-- saasctl: requires-binary 1.2.x\nselect 1", 1, .version("1.2.x")),
        ("-- saasctl: requires-binary 1.02.3\nselect 1", 1, .version("1.02.3")),
        ("-- saasctl: no-transaction\n-- saasctl: no-transaction\nselect 1", 2, .repeatedMarker("no-transaction")),
        ("select 1;\r\n-- saasctl: no-transaction\r\n", 2, .misplacedMarker),
        ("-- saasctl: no-transaction\nselect 1;\nselect 2;", 3, .severalStatements(2)),
        ("select 1;\n\nCommit;", 3, .transactionControl("commit")),
        ("start transaction; select 1", 1, .transactionControl("start transaction")),
        ("select 1; end", 1, .transactionControl("end")),
        ("select 1;\n\\copy a from b", 2, .notAStatement),
        ("-- nothing\n;", 1, .empty),
        ("select 1;\nselect 'a", 2, .unterminated(.string)),
        ("select '\0'", 1, .containsNUL),
    ])
    func whatCannotRunIsRefusedAtItsLine(text: String, line: Int, expected: MigrationFileError.Problem) {
        #expect(problem("0001_a.sql", text) == MigrationFileError("migrations/billing/0001_a.sql", line: line, expected))
    }

    @Test func filesAreOrderedByComponentAndNumber() throws {
        let files = [try file("0002_b.sql"), try file("0001_z.sql"), try file("0001_c.sql", component: "audit")]
        #expect(try MigrationFile.ordered(files).map(\.name) == ["c", "z", "b"])
    }

    @Test func aNumberIsTakenOnce() throws {
        let files = [try file("0001_a.sql"), try file("0001_b.sql")]
        #expect(throws: MigrationFileError("migrations/billing/0001_b.sql", .duplicateNumber("migrations/billing/0001_a.sql"))) {
            try MigrationFile.ordered(files)
        }
    }

    @Test func noNumberIsLeftOut() throws {
        let files = [try file("0001_a.sql"), try file("0003_c.sql")]
        #expect(throws: MigrationFileError("migrations/billing/0003_c.sql", .missingNumber(2))) { try MigrationFile.ordered(files) }
        let late = [try file("0001_a.sql"), try file("0002_a.sql", component: "audit")]
        #expect(throws: MigrationFileError("migrations/audit/0002_a.sql", .missingNumber(1))) { try MigrationFile.ordered(late) }
    }
}
