import ArgumentParser
import CommandKit
import Identity
import Kernel

struct UserDisable: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Let a user log in no more, and end every session.",
        discussion: """
            Access tokens that are out are refused at once. Memberships and tasks stay; "identity user enable" lets the user in again.

            Example: saasctl identity user disable bob@example.org --reason 'laptop stolen'
            """)

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        try await context.changeUser(user, mutation) { try IdentityService.disable($0, label: $1, in: $2, context: $3) }
    }
}
