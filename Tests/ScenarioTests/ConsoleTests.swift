import TestSupport
import Testing

/// The console, as somebody at a terminal has it.
@Suite(.databases("organization", "identity"), .timeLimit(.minutes(3))) struct ConsoleTests {
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
}
