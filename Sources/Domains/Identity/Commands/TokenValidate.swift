import ArgumentParser
import CommandKit
import Identity
import Kernel

struct TokenValidate: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Tell whether an access token is good, and what it says.",
        discussion: """
            Checks signature, issuer, audience and times, and that neither the session has ended nor the user is disabled. Exit 0 and its claims, or exit \
            4 and the reason. In the console, and in scripts that it runs, connections are kept, which suits a gateway.

            Example: saasctl identity token validate --token-file - -o json <access-token
            """)

    @Option(
        help: ArgumentHelp("Take the access token from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var tokenFile: String

    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let token = try context.secret(from: tokenFile, flag: "--token-file").trimmed
        let service = TokenService(terms: try context.tokenTerms())
        let claims = try await service.validate(
            token, on: try await context.services.connection(to: "identity"), at: context.clock.now())
        try context.renderer.object(claims)
    }
}
