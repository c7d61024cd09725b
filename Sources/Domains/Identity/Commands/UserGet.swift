import ArgumentParser
import CommandKit
import Identity

struct UserGet: SaasctlCommand {
    static let configuration = CommandConfiguration(commandName: "get", abstract: "Show one user.")

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let user = user
        try context.renderer.object(try await context.read("identity") { try IdentityService.user(user, in: $0) })
    }
}
