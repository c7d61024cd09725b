import ArgumentParser
import CommandKit
import Configuration
import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import SaasctlApp

/// A small tree with every shape that the real one has: a group, a group in a group, a default subcommand, a hidden command.
struct FakeRoot: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "saasctl", abstract: "Run the back office.", version: "1.2.3",
        subcommands: [
            FakeOrg.self, FakeIdentity.self, FakeWorker.self, CompletionCommand<FakeRoot>.self, GenerateCommand<FakeRoot>.self,
        ])
}

struct FakeOrg: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "org", abstract: "Organizations.", discussion: "An organization owns members and a subscription.",
        subcommands: [Create.self, List.self, Fail.self])

    struct Create: SaasctlCommand {
        static let configuration = CommandConfiguration(abstract: "Create an organization.", discussion: "Its owner becomes a member.")

        @Argument(help: "The slug of the organization.")
        var slug: String

        @Option(help: ArgumentHelp("The name of the organization.", valueName: "name"))
        var name: String?

        @Option(help: "The kind of organization.")
        var kind: Kind = .company

        @Option(help: "The size.")
        var size: Int?

        @OptionGroup(title: "Change options") var mutation: MutationOptions
        @OptionGroup(title: "Global options") var global: GlobalOptions

        enum Kind: String, CaseIterable, ExpressibleByArgument {
            case company, person
        }

        func validate() throws {
            if slug == "Bad" { throw ValidationError("The slug must be lower case.") }
            if slug == "typed" { throw Failure(.invalidValue, "the slug \"typed\" is reserved", hint: "choose another") }
        }

        func run(_ context: CommandContext) async throws {
            try context.renderer.object(FakeOrganization(slug: slug, name: name ?? slug))
        }
    }

    struct List: SaasctlCommand {
        static let configuration = CommandConfiguration(abstract: "List organizations.", aliases: ["ls"])

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run(_ context: CommandContext) async throws {
            try context.renderer.list(Page(all: [FakeOrganization(slug: "acme", name: "Acme GmbH")]))
        }
    }

    struct Fail: SaasctlCommand {
        static let configuration = CommandConfiguration(abstract: "Fail in some way.")

        @Argument(help: "How to fail.")
        var how: String

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run(_ context: CommandContext) async throws {
            switch how {
            case "missing":
                throw Failure(FakeErrors.missing, "organization \"acme\" does not exist", hint: "saasctl org list --name 'acme*'")
            case "domain": throw FakeErrors.domain
            case "silent": throw SilentExit(.pending)
            case "stall": try await Task.sleep(for: .seconds(3_600))
            default: throw FakeErrors.unknown
            }
        }
    }
}

enum FakeErrors: DomainError {
    static let missing = ErrorCode("ORG_NOT_FOUND", .notFound)
    case domain
    case unknown

    var failure: Failure {
        switch self {
        case .domain: Failure(ErrorCode("ORG_EXISTS", .conflict), "organization \"acme\" exists already")
        case .unknown: Failure(.unexpected, "unknown")
        }
    }
}

struct FakeIdentity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "identity", abstract: "Users.", subcommands: [User.self])

    struct User: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Users.", subcommands: [Get.self])
    }

    struct Get: SaasctlCommand {
        static let actsForUsers = true

        static let configuration = CommandConfiguration(abstract: "Show a user.")

        @Argument(help: "Id or e-mail.")
        var user: String

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run(_ context: CommandContext) async throws {
            try context.io.write("\(user) \(context.invocation.path) \(context.invocation.flags.joined(separator: ","))\n")
        }
    }
}

struct FakeWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Deliver events.", subcommands: [Run.self, Status.self], defaultSubcommand: Run.self)

    struct Run: SaasctlCommand {
        static let configuration = CommandConfiguration(commandName: "run", abstract: "Run.")

        @Flag(help: "Until level.")
        var once = false

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run(_ context: CommandContext) async throws {
            try context.io.write("once \(once)\n")
        }
    }

    struct Status: SaasctlCommand {
        static let configuration = CommandConfiguration(abstract: "Status.")

        @OptionGroup(title: "Global options") var global: GlobalOptions

        func run(_ context: CommandContext) async throws {}
    }
}

struct FakeOrganization: Listable, Equatable {
    var id = UUID(high: 0x0192_F3A4_5B6C_7D8E, low: 0x9F01_2345_6789_ABCD)
    var slug: String
    var name: String
    var createdAt = Timestamp(year: 2026, month: 11, day: 22)
    var mrr = Money(amount: 1999, currency: "EUR")
    var deletedAt: Timestamp?

    static let resourceKind = "Organization"
    static let columns: [Column<FakeOrganization>] = [
        Column("slug", mayShrink: false, \.slug), Column("name", \.name), Column("mrr", alignment: .trailing, \.mrr),
        Column("created at", \.createdAt), Column("deleted at", \.deletedAt),
    ]

    var identifier: String { slug }
}

/// A runner of the fake tree over captured streams.
struct FakeProgram {
    let io: CapturedTerminal
    let runner: CommandRunner

    init(io: CapturedTerminal = CapturedTerminal(), environment: [String: String] = [:], failures: FailureMapping = FailureMapping()) {
        self.io = io
        runner = CommandRunner(root: { FakeRoot.self }, io: io, environment: environment, failures: failures) { global, invocation in
            try CommandContext(
                global: global, invocation: invocation, io: io, environment: environment,
                clock: FixedClock(Timestamp(year: 2026, month: 11, day: 22)), services: NoServices())
        }
    }

    func run(_ words: String...) async -> Int32 {
        await runner.run(words)
    }
}

/// Commands of the fake tree have no databases.
struct NoServices: ServiceAccess {
    private static let failure = Failure(.unexpected, "a test reached for a database")

    func profile() throws -> Profile { throw Self.failure }
    func connection(to service: String) async throws -> Connection { throw Self.failure }
    func masterKey() throws -> MasterKey { throw Self.failure }
    var names: [String] { ["identity", "organization"] }
    var operatorAccount: String { "tester" }
    var directory: any Directory { Nobody() }

    private struct Nobody: Directory {
        func userId(_ reference: String) async throws -> UUID { throw NoServices.failure }
        func knownUserId(_ reference: String) async throws -> UUID { throw NoServices.failure }
        func user(_ reference: String) async throws -> (id: UUID, email: EmailAddress) { throw NoServices.failure }
        func actor(_ reference: String) async throws -> UUID { throw NoServices.failure }
        func userId(with email: EmailAddress) async throws -> UUID? { throw NoServices.failure }
        func emailAddresses(of users: [UUID]) async throws -> [UUID: String] { throw NoServices.failure }
        func organizationId(_ reference: String) async throws -> UUID { throw NoServices.failure }
        func project(
            _ reference: String, of organization: (id: UUID, label: String)?
        ) async throws -> (id: UUID, organizationId: UUID) { throw NoServices.failure }
        func keys(ofProjects projects: [UUID]) async throws -> [UUID: String] { throw NoServices.failure }
        func slugs(ofOrganizations organizations: [UUID]) async throws -> [UUID: String] { throw NoServices.failure }
        func keys(ofTasks tasks: [UUID]) async throws -> [UUID: String] { throw NoServices.failure }
    }
}
