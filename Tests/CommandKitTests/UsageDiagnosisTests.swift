import CommandKit
import Kernel
import Testing

@testable import struct CommandKit.CommandLineRouter
@testable import struct CommandKit.UsageDiagnosis

@Suite struct UsageDiagnosisTests {
    private func failure(_ words: String...) throws -> Failure? {
        guard case .run(let call) = try CommandLineRouter(root: FakeRoot.self).route(words) else { return nil }
        do {
            _ = try call.parse()
            return nil
        } catch {
            return error
        }
    }

    @Test func namesAMistypedFlagAndWhatWasMeant() throws {
        let failure = try failure("org", "create", "acme", "--nmae", "Acme")
        #expect(failure?.code == .usage)
        #expect(failure?.message == "unknown flag \"--nmae\" for \"saasctl org create\"")
        #expect(failure?.hint == "saasctl org create --name <name>")
    }

    @Test func sendsToHelpWhereNoFlagIsNear() throws {
        let failure = try failure("org", "create", "acme", "--frobnicate=7")
        #expect(failure?.message == "unknown flag \"--frobnicate\" for \"saasctl org create\"")
        #expect(failure?.hint == "saasctl org create --help")
    }

    @Test func flagsOfMutationsAreUnknownElsewhere() throws {
        #expect(try failure("-n", "org", "list")?.message == "unknown flag \"--dry-run\" for \"saasctl org list\"")
    }

    @Test func valuesAreNotTakenForFlags() throws {
        #expect(try failure("org", "create", "acme", "--reason", "--odd") == nil)
        #expect(try failure("org", "create", "--", "--odd") == nil)
        #expect(try failure("org", "create", "--reason", "--odd")?.message == "missing expected argument \"<slug>\"")
    }

    @Test func saysWhatIsMissing() throws {
        let failure = try failure("org", "create")
        #expect(failure?.message == "missing expected argument \"<slug>\"")
        #expect(failure?.hint == "saasctl org create --help")
        #expect(try self.failure("org", "create", "acme", "--name")?.message == "missing value for \"--name <name>\"")
    }

    @Test func `what begins with a dash is put where it is no flag, and nothing else is lost`() throws {
        let operand = try failure("org", "create", "-5", "--name", "A b", "-n")
        #expect(operand?.message == "\"-5\" is taken for a flag")
        #expect(operand?.hint == "saasctl org create --name 'A b' -n -- -5")
        let value = try failure("org", "create", "acme", "--name", "-5", "-n")
        #expect(value?.message == "missing value for \"--name\": \"-5\" is taken for a flag")
        #expect(value?.hint == "saasctl org create acme --name=-5 -n")
    }

    @Test func saysWhatIsTooMuch() throws {
        #expect(try failure("org", "create", "acme", "more")?.message == "unexpected argument \"more\"")
        #expect(
            try failure("org", "list", "--quiet=yes")?.message
                == "the option \"--quiet\" does not take any value, but \"yes\" was specified")
    }

    @Test func saysWhichValueIsWrong() throws {
        #expect(
            try failure("org", "create", "acme", "--kind", "tree")?.message
                == "the value \"tree\" is invalid for \"--kind <kind>\"; please provide one of \"company\" and \"person\"")
        #expect(
            try failure("org", "list", "--timeout", "soon")?.message.hasSuffix(
                "\"--timeout <duration>\": expected a number and a unit (ms, s, m, h or d), such as 500ms, 30s, 5m, 2h or 7d; above zero, "
                    + "and 10000d at most")
                == true)
        #expect(try failure("org", "create", "acme", "--size", "it's")?.message == "the value \"it's\" is invalid for \"--size <size>\"")
    }

    @Test func keepsWhatTheCommandItselfRefuses() throws {
        #expect(try failure("org", "create", "Bad")?.message == "the slug must be lower case")
        let typed = try failure("org", "create", "typed")
        #expect(typed?.code == .invalidValue)
        #expect(typed?.hint == "choose another")
        #expect(try failure("-q", "-v", "org", "list")?.message == "--quiet and --verbose exclude each other")
    }
}
