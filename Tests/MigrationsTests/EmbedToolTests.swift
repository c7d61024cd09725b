import FoundationEssentials
import Testing

/// The tool that the build runs, run by hand.
@Suite struct EmbedToolTests {
    @Test func aFolderBecomesATable() throws {
        let scratch = try Scratch([
            "common/0001_init.sql": "-- saasctl: requires-binary 1.2.3\nselect 1;\n", "common/README.md": "Why.", "common/.x": "",
        ])
        #expect(try scratch.embed() == "")
        let source = try scratch.source()
        #expect(source.contains("component: \"common\", number: 1, name: \"init\""))
        #expect(source.contains("requiredBinary: SaasctlVersion(1, 2, 3), runsInTransaction: true"))
        #expect(source.contains("sql: #\"\"\"\n-- saasctl: requires-binary 1.2.3\nselect 1;\n\n\"\"\"#"))
    }

    /// The compiler itself is asked what the literals stand for.
    @Test func everyTextSurvivesTheCompiler() throws {
        let text =
            "select $$ \"\"\" \"\"\"# \\(x) \\#(y) \\##u{41} ## \u{1}\u{7F}\u{85} e\u{301} \u{2028}\u{FEFF} 😀\t \r\n \r  \n\"\"\"###\n\\$$; -- end\\"
        let scratch = try Scratch(["common/0001_a.sql": text, "common/0002_b.sql": "select '\"\"\"#'\n\n"])
        #expect(try scratch.embed() == "")
        let stub = """
            struct SaasctlVersion {}
            struct Migration {
                let component: String, number: Int, name: String, requiredBinary: SaasctlVersion?, runsInTransaction: Bool, sql: String
            }
            struct MigrationSet { let checked: [Migration] }
            @main enum Main {
                static func main() { for migration in MigrationSet.embedded.checked { print(Array(migration.sql.utf8)) } }
            }
            """
        let table = try scratch.source().replacing("import Kernel\n", with: "").replacing("public static", with: "static")
        try scratch.write("Table.swift", table)
        try scratch.write("Stub.swift", stub)
        let status = scratch.run("swiftc -Onone -warnings-as-errors Table.swift Stub.swift -o table > log 2>&1; ./table > bytes")
        let log = try scratch.log()
        #expect(status == 0, "\(log)")
        let lines = try String(contentsOf: scratch.folder.appending(path: "bytes"), encoding: .utf8).split(separator: "\n")
        #expect(lines.map(String.init) == ["\(Array(text.utf8))", "\(Array("select '\"\"\"#'\n\n".utf8))"])
    }

    @Test(arguments: [
        (["billing/0002_b.sql": "select 1"], "migrations/billing/0002_b.sql:1: error: number 1 is missing"),
        (
            ["billing/0001_a.sql": "select 1", "billing/0001_b.sql": "select 1"],
            "migrations/billing/0001_b.sql:1: error: the number is taken by"
        ),
        (["billing/1_a.sql": "select 1"], "migrations/billing/1_a.sql:1: error: a migration is named NNNN_what.sql"),
        (["0001_a.sql": "select 1"], "migrations/0001_a.sql:1: error: a file that is no migration"),
        (["billing/0001_a.sql": "-- saasctl: no-transacton\nselect 1"], "migrations/billing/0001_a.sql:1: error: unknown marker"),
        (["billing/0001_a.sql": "select 1;\ncommit"], "migrations/billing/0001_a.sql:2: error: \"commit\" has no place"),
    ])
    func whatIsWrongFailsTheBuildAtItsPlace(files: [String: String], message: String) throws {
        let scratch = try Scratch(files)
        let output = try scratch.embed()
        #expect(output.hasPrefix(scratch.folder.path))
        #expect(output.contains(message))
        #expect(!FileManager.default.fileExists(atPath: scratch.folder.appending(path: "Table.swift").path))
    }

    @Test func bytesThatAreNoTextFailTheBuild() throws {
        let scratch = try Scratch(["common/0001_a.sql": ""])
        try Data([0x73, 0xFF]).write(to: scratch.folder.appending(path: "migrations/common/0001_a.sql"))
        #expect(try scratch.embed().contains("the file is not UTF-8"))
    }

    @Test func aMissingFolderFailsTheBuild() throws {
        let scratch = try Scratch([:])
        #expect(try scratch.embed().contains("there is no such folder"))
    }

    @Test func anUnchangedTableKeepsItsTime() throws {
        let scratch = try Scratch(["common/0001_a.sql": "select 1"])
        #expect(try scratch.embed() == "")
        #expect(scratch.run("touch -d 2001-01-01 Table.swift; stat -c %Y Table.swift > before") == 0)
        #expect(try scratch.embed() == "")
        #expect(scratch.run("stat -c %Y Table.swift | cmp - before") == 0)
    }
}

/// A folder with migrations and what the tool makes of them.
private final class Scratch {
    let folder: URL

    init(_ files: [String: String]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "saasctl-embed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (path, text) in files { try write("migrations/\(path)", text) }
    }

    deinit {
        #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) }
    }

    func write(_ path: String, _ text: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// - Returns: what the tool wrote to its standard error; nothing where it succeeded.
    func embed() throws -> String {
        // The build puts it beside the test bundle.
        let tool = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent().appending(
            path: "embed-migrations")
        let status = run("'\(tool.path)' migrations Table.swift 2> log")
        let log = try log()
        #expect((status == 0) == log.isEmpty)
        return log
    }

    func source() throws -> String {
        try String(contentsOf: folder.appending(path: "Table.swift"), encoding: .utf8)
    }

    func log() throws -> String {
        try String(contentsOf: folder.appending(path: "log"), encoding: .utf8)
    }

    /// - Returns: the exit status of a shell in the folder.
    func run(_ script: String) -> Int32 {
        ScratchCluster.shell("cd '\(folder.path)'\n\(script)")
    }
}
