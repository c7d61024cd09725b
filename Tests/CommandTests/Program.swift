import CommandKit
import Kernel
import Postgres
import SaasctlApp
import TestSupport

/// The whole program in this process: its own tree, registry and services, on the databases of a test and captured streams.
struct Program {
    var environment: [String: String]
    var clock: any WallClock = SystemClock()
    let scratch: ScratchFolder

    private init(scratch: ScratchFolder, databases: TestDatabases?) throws {
        self.scratch = scratch
        environment = [
            "HOME": scratch.file("home"), "XDG_STATE_HOME": scratch.file("state"), "XDG_CONFIG_HOME": scratch.file("config"),
            "SAASCTL_SYSTEM_CONFIG": scratch.file("etc/config.yaml"), "SAASCTL_SANDBOX_DIR": scratch.file("sandbox"),
            "PATH": "/usr/bin:/bin",
        ]
        guard let databases else { return }
        environment["SAASCTL_KEY_FILE"] = try scratch.write([UInt8](repeating: 7, count: 32), to: "master.key")
        environment.merge(databases.environment) { $1 }
    }

    /// Lends a program that finds the databases of the test, where there are any, and a scratch folder in which everything else lies.
    static func lend(
        _ databases: TestDatabases? = nil, _ body: (Program) async throws -> Void
    ) async throws {
        try await withScratchFolder { try await body(Program(scratch: $0, databases: databases)) }
    }

    /// Runs one command line as a process of its own would: nothing is kept for the next one.
    @discardableResult
    func run(_ arguments: String..., input: String = "", variables: [String: String] = [:]) async -> CommandResult {
        await run(arguments, input: input, variables: variables)
    }

    @discardableResult
    func run(
        _ arguments: [String], input: String = "", variables: [String: String] = [:], outputFailsWith failure: TerminalError? = nil
    ) async -> CommandResult {
        let io = CapturedTerminal(input: input)
        if let failure { io.failWrites(with: failure) }
        let application = Application(io: io, environment: environment.merging(variables) { $1 }, clock: clock)
        let status = await application.run(arguments)
        return CommandResult(arguments: arguments, status: status, stdout: io.output, stderr: io.errors)
    }

    /// A profile of its own in the user's file, with these settings: `read_only: true`. Takes the place of variables.
    func with(profile name: String, _ settings: String...) throws -> Program {
        func quoted(_ variable: String) -> String { "'\((environment[variable] ?? "").replacing("'", with: "''"))'" }
        var lines = [
            "profiles:", "  \(name):", "    databases: \(quoted("SAASCTL_DATABASE"))",
            "    owner_databases: \(quoted("SAASCTL_OWNER_DATABASE"))", "    key_file: \(quoted("SAASCTL_KEY_FILE"))",
        ]
        lines += settings.map { "    \($0)" }
        try scratch.write(lines.joined(separator: "\n") + "\n", to: "config/saasctl/config.yaml")
        var program = self
        for variable in ["SAASCTL_DATABASE", "SAASCTL_OWNER_DATABASE", "SAASCTL_KEY_FILE"] { program.environment[variable] = nil }
        program.environment["SAASCTL_PROFILE"] = name
        return program
    }
}

extension CommandResult {
    /// The code of the error that was reported; `nil` without one.
    var code: String? {
        stderr.split(separator: "\n").compactMap { line in
            line.hasPrefix("  code: ") ? line.dropFirst("  code: ".count).split(separator: " ").first.map(String.init) : nil
        }.last
    }

    /// What `-o name` printed, or the id of the one object that `-o json` did.
    var id: String? { arguments.contains("json") ? (try? json())?["id"]?.string : lines.first }
}

extension TestDatabase {
    /// What a query answers, as texts, asked as the superuser.
    func texts(_ sql: SQL) async throws -> [String?] {
        let connection = try await connect(as: .superuser)
        let answer = try await connection.session { try $0.all(Query<String?>(sql) { try $0.get(0) }) }
        await connection.close()
        return answer
    }

    /// All rows of all tables, as text.
    func everything() async throws -> String {
        let tables = try await texts(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition")
        var text = ""
        for table in tables.compactMap({ $0 }) {
            text += try await texts("select t::text from \(identifier: table) t").compactMap { $0 }.joined(separator: "\n")
        }
        return text
    }

    func number(_ sql: SQL) async throws -> Int {
        let connection = try await connect(as: .superuser)
        let answer = try await connection.session { try $0.one(Query<Int>(sql) { try $0.get(0) }) }
        await connection.close()
        return answer
    }

    func run(_ sql: SQL, as role: Role = .superuser) async throws {
        let connection = try await connect(as: role)
        try await connection.session { try $0.run(Query(sql)) }
        await connection.close()
    }
}
