import ArgumentParser
import CommandKit
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
        try await context.changeUser(user, mutation) { try IdentityService.enable($0, label: $1, in: $2, context: $3) }
    }
}
