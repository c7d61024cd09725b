import CommandKit
import FoundationEssentials
import Kernel
import Testing

@Suite struct CommandRunnerTests {
    @Test func runsACommandAndPrintsItsResultOnly() async {
        let program = FakeProgram()
        #expect(await program.run("org", "create", "acme", "--name", "Acme", "-o", "json") == 0)
        #expect(
            program.io.output.hasPrefix(
                #"{"schema":"saasctl/v1","kind":"Organization","id":"0192f3a4-5b6c-7d8e-9f01-23456789abcd","slug":"acme""#))
        #expect(program.io.errors.isEmpty)
    }

    @Test func tellsTheCommandWhatItWasCalledAs() async {
        let program = FakeProgram()
        #expect(await program.run("--as=x", "identity", "users", "get", "ada") == 0)
        #expect(program.io.output == "ada identity user get --as\n")
        #expect(await program.run("--as=x", "org", "list") == 4)
    }

    @Test func reportsAFailureWithItsStatus() async {
        let program = FakeProgram()
        let reference = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
        #expect(await program.run("org", "fail", "missing", "--correlation-id", reference) == 3)
        #expect(program.io.output.isEmpty)
        #expect(
            program.io.errors == """
                error: organization "acme" does not exist
                  try: saasctl org list --name 'acme*'
                  code: ORG_NOT_FOUND  ref: \(reference)

                """)
    }

    @Test func reportsAFailureAsOneObjectInAMachineFormat() async throws {
        let program = FakeProgram()
        #expect(await program.run("-ojson", "org", "fail", "missing") == 3)
        let report = try JSONValue(parsing: program.io.errors)
        guard case .object(let members) = report else { throw Failure(.unexpected, "not an object") }
        #expect(members["code"] == .string("ORG_NOT_FOUND"))
        #expect(members["message"] == .string("organization \"acme\" does not exist"))
        #expect(members["hint"] == .string("saasctl org list --name 'acme*'"))
        #expect(members["exit_status"] == .integer(3))
        #expect(members["ref"] != nil)
        #expect(program.io.errors.last == "\n" && program.io.errors.count { $0 == "\n" } == 1)
    }

    @Test func mapsErrorsThatItDoesNotKnowThroughTheRulesItIsGiven() async {
        struct Odd: Error {}
        let failures = FailureMapping([{ $0 is FakeErrors ? Failure(ErrorCode("MAPPED", .tryAgain), "mapped") : nil }])
        #expect(await FakeProgram(failures: failures).run("org", "fail", "domain") == 75)
        #expect(await FakeProgram().run("org", "fail", "domain") == 5)
        #expect(FailureMapping().failure(for: CancellationError()).code == .interrupted)
        #expect(FailureMapping().failure(for: Odd()).code == .unexpected)
        #expect(failures.failure(for: Failure(.readOnly, "as it is")).code == .readOnly)
    }

    @Test func endsSilentlyWhereTheCommandSaysSo() async {
        let program = FakeProgram()
        #expect(await program.run("org", "fail", "silent") == 8)
        #expect(program.io.errors.isEmpty)
    }

    @Test func endsQuietlyWhenTheReaderHasGone() async {
        let program = FakeProgram()
        program.io.failWrites(with: .outputClosed)
        #expect(await program.run("org", "list") == 141)
        #expect(program.io.errors.isEmpty)
    }

    @Test func aFullDiskIsAFailure() async {
        let program = FakeProgram()
        program.io.failWrites(with: .writeFailed(errno: 28))
        #expect(await program.run("org", "list") == 1)
        #expect(program.io.errors.contains("cannot write to standard output: no space left on device"))
    }

    @Test func givesUpWhenTheTimeIsOver() async {
        let program = FakeProgram()
        #expect(await program.run("org", "fail", "stall", "--timeout", "1ms") == 124)
        #expect(program.io.errors.contains("code: TIMED_OUT"))
    }

    @Test func printsHelpOnStandardOutput() async {
        let program = FakeProgram()
        #expect(await program.run("org", "create", "--help") == 0)
        #expect(program.io.output.contains("USAGE: saasctl org create"))
        #expect(program.io.output.contains("GLOBAL OPTIONS:"))
        #expect(program.io.output.contains("--idempotency-key <key>"))
        #expect(await program.run("org") == 0)
        #expect(program.io.output.contains("USAGE: saasctl org <subcommand>"))
        #expect(program.io.errors.isEmpty)
    }

    @Test func helpPutsWhatIsSpecialFirst() async {
        let leaf = FakeProgram()
        #expect(await leaf.run("org", "create", "--help") == 0)
        let titles = leaf.io.output.split(separator: "\n").filter { $0.hasSuffix("OPTIONS:") || $0 == "ARGUMENTS:" }
        #expect(titles == ["ARGUMENTS:", "OPTIONS:", "CHANGE OPTIONS:", "GLOBAL OPTIONS:"])
        #expect(!leaf.io.output.contains("--version"), "only the root has it")
        let root = FakeProgram()
        #expect(await root.run() == 0)
        #expect(root.io.output.contains("--version"))
        #expect(root.io.output.contains("\n\nGLOBAL OPTIONS:\n  -P, --profile <name>"))
        #expect(root.io.output.hasSuffix("\n\n  See 'saasctl help <subcommand>' for detailed help.\n"))
    }

    @Test func printsTheVersion() async {
        let program = FakeProgram()
        #expect(await program.run("--version") == 0)
        #expect(program.io.output == "saasctl 1.2.3\n")
    }

    @Test func aVariableThatMakesNoSenseIsAFailureOfConfiguration() async {
        #expect(await FakeProgram(environment: ["SAASCTL_OUTPUT": "xml"]).run("org", "list") == 78)
        #expect(await FakeProgram(environment: ["SAASCTL_TIMEOUT": "soon"]).run("org", "list") == 78)
        #expect(await FakeProgram(environment: ["SAASCTL_OUTPUT": "xml"]).run("org", "list", "-o", "name") == 0)
    }
}
