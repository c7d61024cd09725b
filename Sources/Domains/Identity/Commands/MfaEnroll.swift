import ArgumentParser
import CommandKit
import Configuration
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct MfaEnroll: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll", abstract: "Make a secret for a user's authenticator app.",
        discussion: """
            Shows the secret as an address that apps take from a QR code, and in letters to type. It is shown this once, so --idempotency-key is \
            refused; enrolling again makes another one, as long as no code was shown. Logging in asks for nothing new until "mfa verify" has seen \
            a code.

            Example: saasctl identity mfa enroll ada@example.org -o json | jq -r .otpauth_uri | qrencode -t utf8
            """)

    static let actsForUsers = true

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let label = user
        let userId = try await context.services.directory.userId(label)
        let keys = try context.secondFactorKeys()
        let issuer = try context.services.profile().tokenIssuer
        let request = try Mutation(
            of: "identity", permission: .user(userId), isRepeatable: false, parameters: ["user": userId.text])
        try await context.perform(request, mutation) { session, operation in
            try SecondFactorService.enrol(userId, label: label, issuer: issuer, keys: keys, in: session, context: operation)
        }
    }
}
