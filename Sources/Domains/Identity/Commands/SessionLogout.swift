import ArgumentParser
import CommandKit
import Identity
import Kernel

struct SessionLogout: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the session of a refresh token.",
        discussion: """
            Its access tokens are refused at once. A session that has ended stays as it is.

            Example: saasctl identity session logout --token-file - <refresh-token
            """)

    @OptionGroup var token: RefreshTokenOption

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let token = try token.read(context)
        try await context.perform(Mutation(of: "identity", parameters: ["token": token.fingerprint]), mutation) { session, operation in
            try SessionService.logout(token, in: session, context: operation)
        }
    }
}
