import ArgumentParser
import FoundationEssentials
import Kernel
import Testing

@testable import CommandKit

@Suite struct CommandLineRouterTests {
    private let router = CommandLineRouter(root: FakeRoot.self)

    private func call(_ words: String...) throws -> CommandCall {
        guard case .run(let call) = try router.route(words) else {
            throw Failure(.unexpected, "not a call: \(words)")
        }
        return call
    }

    private func help(_ words: String...) throws -> String {
        guard case .help(let path) = try router.route(words) else {
            throw Failure(.unexpected, "not a call for help: \(words)")
        }
        return path.description
    }

    private func failure(_ words: String...) -> Failure? {
        do {
            _ = try router.route(words)
            return nil
        } catch {
            return error
        }
    }

    @Test func findsALeafAndLeavesItsArgumentsAlone() throws {
        let call = try call("org", "create", "acme", "--name", "Acme", "-n")
        #expect(call.path.description == "saasctl org create")
        #expect(call.arguments == ["acme", "--name", "Acme", "-n"])
    }

    @Test func putsFlagsThatStandBeforeTheLeafBehindIt() throws {
        let call = try call("-P", "prod", "--org=acme", "org", "-qojson", "--reason", "--odd", "create", "acme", "--", "-x")
        #expect(call.arguments == ["--profile=prod", "--org=acme", "--quiet", "--output=json", "--reason=--odd", "acme", "--", "-x"])
    }

    @Test(arguments: [["-Pprod"], ["-P=prod"], ["-P", "prod"], ["--profile", "prod"], ["--profile=prod"]])
    func readsAValueInEveryForm(of flag: [String]) throws {
        guard case .run(let call) = try router.route(flag + ["org", "list"]) else { throw Failure(.unexpected, "not a call") }
        #expect(call.arguments == ["--profile=prod"])
    }

    @Test func acceptsPluralsOfNounsAndAliasesOfVerbs() throws {
        #expect(try call("orgs", "ls").path.description == "saasctl org list")
        #expect(try call("identity", "users", "get", "ada").path.words == ["identity", "user", "get"])
        #expect(EnglishPlural.of("delivery") == "deliveries" && EnglishPlural.of("key") == "keys" && EnglishPlural.of("task") == "tasks")
        #expect(failure("org", "creates")?.hint == "saasctl org create")
    }

    @Test func fallsBackToTheDefaultSubcommand() throws {
        #expect(try call("worker").path.words == ["worker", "run"])
        #expect(try call("worker", "--once", "-q").arguments == ["--once", "-q"])
        #expect(try call("-q", "worker", "--once").arguments == ["--quiet", "--once"])
        #expect(try help("worker", "--help") == "saasctl worker")
        #expect(try help("worker", "--once", "--help") == "saasctl worker run")
    }

    @Test func showsHelpWhereverItIsAskedFor() throws {
        #expect(try help() == "saasctl")
        #expect(try help("org") == "saasctl org")
        #expect(try help("--help", "org", "create") == "saasctl org create")
        #expect(try help("org", "-h", "create") == "saasctl org create")
        #expect(try help("org", "create", "acme", "--help") == "saasctl org create")
        #expect(try help("help", "orgs", "create") == "saasctl org create")
        #expect(try help("org", "help", "create") == "saasctl org create")
        #expect(try call("org", "create", "--", "--help").arguments == ["--", "--help"])
    }

    @Test func knowsTheVersionBeforeACommandOnly() throws {
        guard case .version = try router.route(["-q", "--version"]) else { throw Failure(.unexpected, "not the version") }
        #expect(failure("org", "--version") != nil)
        #expect(try call("org", "list", "--version").arguments == ["--version"])
    }

    @Test func suggestsTheNearestCommand() {
        let typo = failure("org", "creat", "x")
        #expect(typo?.code == .usage)
        #expect(typo?.message == "unknown command \"creat\" for \"saasctl org\"")
        #expect(typo?.hint == "saasctl org create")
        #expect(failure("ogr")?.hint == "saasctl org")
        #expect(failure("org", "new")?.hint == "saasctl org create")
        #expect(failure("org", "zzzzzz")?.hint == "saasctl org --help")
        #expect(failure("generat")?.hint == "saasctl --help", "hidden commands are not suggested")
        #expect(failure("help", "org", "lits")?.hint == "saasctl org list")
        #expect(failure("worker", "stats")?.hint == "saasctl worker status")
    }

    @Test func refusesFlagsThatNobodyKnowsThere() {
        #expect(failure("org", "--profil", "x", "list")?.message == "unknown flag \"--profil\" for \"saasctl org\"")
        #expect(failure("org", "--profil=x", "list")?.hint == "saasctl org --profile")
        #expect(failure("--org")?.message == "missing value for \"--org\"")
    }

    @Test func flagsEndAtTwoDashes() throws {
        let call = try call("--", "org", "create", "--name")
        #expect(call.arguments == ["--", "--name"])
        #expect(failure("--", "-q")?.message == "unknown command \"-q\" for \"saasctl\"")
    }

    @Test func namesTheFlagsButNotTheirValues() throws {
        let call = try call("-Psecret", "org", "create", "acme", "--name=Ada", "-nq", "--", "--not-a-flag")
        #expect(call.invocation == Invocation(words: ["org", "create"], flags: ["--dry-run", "--name", "--profile", "--quiet"]))
    }

    @Test func theTableOfSharedFlagsIsWhatTheOptionsDeclare() throws {
        struct Both: ParsableCommand {
            @OptionGroup var mutation: MutationOptions
            @OptionGroup var global: GlobalOptions
        }
        let declared = try CommandDescription(of: Both.self).arguments?.filter { $0.valueName != "help" } ?? []
        let flags = declared.map { argument in
            SharedFlags.Flag(
                argument.names?.first { $0.kind == .long }?.name ?? "", argument.names?.first { $0.kind == .short }?.name.first,
                takesValue: argument.kind == .option)
        }
        #expect(Set(flags).subtracting([SharedFlags.Flag("help", "h")]) == Set(SharedFlags.all))
    }
}
