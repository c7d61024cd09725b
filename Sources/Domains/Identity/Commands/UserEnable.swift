import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel

struct UserEnable: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a disabled user log in again.",
        discussion: """
            Sessions that have ended stay so.

            Example: saasctl identity user enable bob@example.org
            """)

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let user = user
        let id = try await context.services.directory.userId(user)
        try await context.perform(Mutation(of: "identity", parameters: ["user": id.uuidString]), mutation) { session, operation in
            try IdentityService.enable(id, label: user, in: session, context: operation)
        }
    }
}
