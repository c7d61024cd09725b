import Glibc
import SystemPackage
import TestSupport
import Testing

/// The fixture itself, with the shell in the part of the program.
@Suite struct CommandLineFixtureTests {
    private let shell: FilePath = "/bin/sh"

    @Test func `keeps the streams apart and the status`() async throws {
        try await withCommandLine(program: shell) { cli in
            let result = try await cli.run("-c", "cat; echo out; echo err >&2; exit 7", input: "in ")
            #expect(result.status == 7)
            #expect(result.stdout == "in out\n")
            #expect(result.text == "in out")
            #expect(result.stderr == "err\n")
            #expect(try await cli.run("-c", "kill -TERM $$").status == 128 + SIGTERM)
        }
    }

    @Test func `shows the program nothing of the caller's environment`() async throws {
        try await withCommandLine(program: shell) { cli in
            let result = try await cli.run("-c", "env", variables: ["EXTRA": "1", "TZ": nil])
            let names = Set(result.lines.compactMap { $0.split(separator: "=").first.map(String.init) })
            #expect(names.isSuperset(of: ["HOME", "XDG_CONFIG_HOME", "SAASCTL_SANDBOX_DIR", "EXTRA"]))
            #expect(names.isDisjoint(with: ["TZ", "USER", "SAASCTL_DATABASE", "PGHOST"]))
            #expect(result.stdout.contains("HOME=\(cli.scratch)/home\n"))
        }
    }

    @Test(.databases("billing")) func `leads the program to the test's databases`() async throws {
        try await withCommandLine(TestDatabases.current, program: shell) { cli in
            let result = try await cli.run("-c", "echo \"$SAASCTL_DATABASE\"; wc -c < \"$SAASCTL_KEY_FILE\"")
            #expect(result.stdout.contains("dbname='\(TestDatabases.current.prefix){service}'"))
            #expect(result.lines.last == "32")
        }
    }

    @Test func `a program that reads nothing and one that hangs do no harm`() async throws {
        try await withCommandLine(program: shell) { cli in
            let result = try await cli.run("-c", "exec 0<&-; exit 3", input: String(repeating: "x", count: 1 << 20))
            #expect(result.status == 3)
            await #expect(throws: DeadlinePassed.self) { try await cli.run("-c", "exec sleep 600", limit: .milliseconds(100)) }
        }
    }

    @Test func `the folder is gone afterwards`() async throws {
        let path = try await withCommandLine(program: shell) { cli in
            _ = try await cli.run("-c", "echo kept > file")
            #expect(try cli.scratch.read("file") == "kept\n")
            return cli.scratch.description
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func `at a terminal the program sees a terminal, and Ctrl-C reaches it`() async throws {
        try await withCommandLine(program: shell) { cli in
            let script = """
                trap 'echo caught; exit 5' INT
                test -t 0 && test -t 1 && stty size
                echo ready
                read -r line
                echo "got $line"
                while :; do sleep 1; done
                """
            let result = try await cli.runAtTerminal("-c", script) { terminal in
                #expect(try await terminal.expect("ready").contains("24 100"))
                try await terminal.type("hello\n")
                try await terminal.expect("got hello")
                try await terminal.type("\u{3}")
                try await terminal.expect("caught")
            }
            #expect(result.status == 5, "\(result)")
        }
    }

    @Test func `what a terminal never shows fails the test, with what it shows`() async throws {
        try await withCommandLine(program: shell) { cli in
            let error = await #expect(throws: PseudoTerminal.NotShown.self) {
                try await cli.runAtTerminal("-c", "echo something else") { try await $0.expect("this") }
            }
            #expect(error?.shown == "something else\r\n")
            await #expect(throws: PseudoTerminal.NotShown.self) {
                try await cli.runAtTerminal("-c", "read -r nothing") { try await $0.expect("this", within: .milliseconds(50)) }
            }
        }
    }
}
