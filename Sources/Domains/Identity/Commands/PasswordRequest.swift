import ArgumentParser
import CommandKit
import Cryptography
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct PasswordRequest: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "request", abstract: "Let a user set a new password.",
        discussion: """
            Shows the token with which the password is set: pass it on to the user, no mail goes out. It is shown this once and kept nowhere, so \
            --idempotency-key is refused; who has lost it makes another request. An earlier one is void then.

            Examples:

              saasctl identity password request ada@example.org
              saasctl identity password request ada@example.org --expires 15m -o json
            """)

    @Argument(help: "The user's e-mail address or id.")
    var email: String

    @Option(
        help: ArgumentHelp("How long it can be used, 24h at most: 15m, 2h; 1h unless said otherwise.", valueName: "duration"),
        transform: { try DurationText.parse($0) })
    var expires: Duration = PasswordResetLifetime.standard.duration

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let label = email
        let lifetime = try PasswordResetLifetime(expires)
        let userId = try await context.services.directory.userId(label)
        let key = try context.key(for: PasswordResetToken.keyPurpose)
        let request = try Mutation(of: "identity", isRepeatable: false, parameters: ["user": userId.text])
        try await context.perform(request, mutation) { session, operation in
            try PasswordService.request(for: userId, label: label, lifetime: lifetime, key: key, in: session, context: operation)
        }
    }
}
