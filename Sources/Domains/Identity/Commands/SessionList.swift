import ArgumentParser
import CommandKit
import Identity
import Kernel

struct SessionList: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List a user's sessions, newest first.",
        discussion: "Example: saasctl identity session list ada@example.org --status all")

    /// Which sessions are shown.
    enum Choice: String, CaseIterable, ExpressibleByArgument {
        case live, expired, ended, all

        /// `nil` for all of them.
        var status: LoginSession.Status? { LoginSession.Status(rawValue: rawValue) }
    }

    @Argument(help: "The user's e-mail address or id.")
    var user: String

    @Option(help: "Only sessions in this state.")
    var status = Choice.live

    @OptionGroup var paging: PagingOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let user = user
        let id = try await context.read("identity") { try IdentityService.user(user, in: $0).id }
        let status = status.status
        let now = context.clock.now()
        try await context.list(paging) { cursor, limit in
            try await context.read("identity") {
                try SessionService.list(of: id, status: status, before: cursor, limit: limit, at: now, in: $0)
            }
        }
    }
}
