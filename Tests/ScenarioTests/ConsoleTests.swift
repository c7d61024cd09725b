import Postgres
import TestSupport
import Testing

/// The console, as somebody at a terminal has it.
@Suite(.databases("organization", "identity"), .hangLimit) struct ConsoleTests {
    @Test func `prompt, completion, a command, an error, history, the end`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await cli.runAtTerminal("repl") { terminal in
                try await terminal.expect("environment> ")
                try await terminal.type("org cr\t")
                try await terminal.expect("org create ")
                try await terminal.type("acme --owner 0192f3a4-5b6c-7d8e-9f01-23456789abcd\n")
                try await terminal.expect("slug:")
                try await terminal.expect("environment> ")
                try await terminal.type("use org acme\n")
                try await terminal.expect("environment/acme> ")
                try await terminal.type("org get -o name\n")
                try await terminal.expect("acme\r\n")
                try await terminal.expect("environment/acme> ")
                try await terminal.type("org get nosuch\n")
                try await terminal.expect("error: organization \"nosuch\" does not exist")
                try await terminal.expect("environment/acme> ")
                try await terminal.type("\u{4}")
            }
            #expect(result.status == 0, "\(result)")
            let history = try #require(try cli.scratch.read("home/state/saasctl/history-environment"))
            #expect(history.contains("org create acme --owner") && history.contains("use org acme"))

            let again = try await cli.runAtTerminal("repl") { terminal in
                try await terminal.expect("environment> ")
                try await terminal.type("\u{10}")
                try await terminal.expect("org get nosuch")
                try await terminal.type("\u{3}")
                try await terminal.expect("environment> ")
                try await terminal.type("exit\n")
            }
            #expect(again.status == 0, "Ctrl-C gives up the line alone: \(again)")
        }
    }

    @Test func `the flags of the console hold for its lines, unless a line says otherwise`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let id = "0192f3a4-5b6c-7d8e-9f01-0123456789ab"
            let create = "org create a1 --owner \(owner)\norg create b2 --owner \(owner)\n"
            let made = try await cli.run("--correlation-id", id, "repl", "-o", "name", input: create)
            #expect(made.stdout == "a1\nb2\n" && made.status == 0, "\(made)")
            let recorded = try await TestDatabases.current.stories()
            #expect(recorded == [id])

            let list = "org list --limit 1\n"
            #expect(try await cli.run("repl", input: list).stderr.contains("there is more"))
            #expect(try await cli.run("repl", "-q", input: list).stderr.isEmpty)
            #expect(try await cli.run("repl", "-q", input: "org list --limit 1 -v\n").stderr.contains("there is more"))
            #expect(try await cli.run("repl", input: list).stdout.hasPrefix("SLUG"))
            #expect(try await cli.run("--no-headers", "repl", input: list).stdout.hasPrefix("b2"))
            #expect(try await cli.run("repl", "-o", "json", input: "org list -o name\n").stdout == "b2\na1\n")

            let get = "org get\norg get b2\nuse org b2\norg get a1\n"
            let gotten = try await cli.run("--org", "a1", "repl", "-o", "name", input: get)
            #expect(gotten.stdout == "a1\nb2\na1\n", "what holds for the console stands in for an argument, and no more: \(gotten)")

            let verify = "db verify --service organization\n"
            #expect(try await cli.run("repl", "-v", input: verify).stderr.contains("migrations compared"))
            #expect(try await cli.run("repl", input: verify).stderr.isEmpty)
            let fails = "org get nosuch\n"
            #expect(try await cli.run("repl", "--debug", input: fails).stderr.contains("  cause: "))
            #expect(try await cli.run("repl", "--color=always", input: fails).stderr.contains("\u{1B}["))
            #expect(try await cli.run("repl", "--read-only", input: create).stderr.contains("READ_ONLY"))
        }
    }

    @Test func `a stream that the caller has closed is empty, or cannot be written to`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let console = try await cli.shell("saasctl repl <&-")
            #expect(console.status == 0 && console.stdout.isEmpty && console.stderr.isEmpty, "\(console)")
            let list = try await cli.shell("saasctl org list -o json >&-")
            #expect(list.status == 1 && list.stderr.contains("cannot write to standard output: bad file descriptor"), "\(list)")
        }
    }

    @Test func `a connection that the server has closed meanwhile is opened again`() async throws {
        let database = TestDatabases.current["organization"]
        let killer = try await database.connect(as: .superuser)
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await cli.runAtTerminal("repl", "-o", "name") { terminal in
                try await terminal.expect("environment> ")
                try await terminal.type("org create first --owner \(owner)\n")
                try await terminal.expect("first\r\n")
                try await terminal.expect("environment> ")
                let kill: SQL = """
                    select pg_terminate_backend(pid, 10000) from pg_stat_activity
                    where datname = \(database.name) and application_name = 'saasctl' and pid <> pg_backend_pid()
                    """
                let killed = try await killer.session { try $0.all(Query<Bool>(kill) { try $0.get(0) }) }
                #expect(killed == [true])
                try await terminal.type("org create second --owner \(owner)\n")
                try await terminal.expect("second\r\n")
                try await terminal.expect("environment> ")
                try await terminal.type("exit\n")
            }
            #expect(result.status == 0 && !result.stdout.contains("DATABASE_UNAVAILABLE"), "\(result)")
        }
        await killer.close()
    }

    @Test func `Ctrl-C at the prompt leaves the line to be read, and begins a new one`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let result = try await cli.runAtTerminal("repl", variables: ["TERM": "xterm"]) { terminal in
                try await terminal.expect("environment> ")
                try await terminal.type("org li")
                try await terminal.expect("org li")
                try await terminal.type("\u{3}")
                try await terminal.expect("environment> ")
                try await terminal.type("exit\n")
            }
            #expect(result.status == 0 && result.stdout.contains("org li^C"), "\(result)")
        }
    }

    @Test func `a full disk and a broken argument are told as what they are`() async throws {
        try await withCommandLine(TestDatabases.current) { cli in
            let full = try await cli.shell("saasctl org create full --owner \(owner) >/dev/full")
            #expect(full.status == 1 && full.stderr.contains("code: OUTPUT_FAILED"), "\(full)")
            #expect(full.stderr.contains("try: saasctl org get full\n"), "\(full)")
            let broken = try await cli.shell(#"saasctl org get "$(printf 'a\377')""#)
            #expect(broken.status == 64 && broken.stderr.contains("argument 3 is not valid UTF-8"), "\(broken)")
        }
    }

    private let owner = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
}

extension TestDatabases {
    /// The correlation ids of all operations on organizations.
    fileprivate func stories() async throws -> [String] {
        let connection = try await self["organization"].connect(as: .superuser)
        let stories = try await connection.session { session in
            try session.all(Query<String>("select distinct correlation_id::text from operations") { try $0.get(0) })
        }
        await connection.close()
        return stories
    }
}
