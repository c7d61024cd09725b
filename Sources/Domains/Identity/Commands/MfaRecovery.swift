import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct MfaRecovery: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery", abstract: "Make new recovery codes for a user; the old ones are void.",
        discussion: """
            An operator needs no code; with --as the user needs one. The codes are shown this once, so --idempotency-key is refused.

            Example: saasctl identity mfa recovery ada@example.org >recovery-codes.txt
            """)

    static let actsForUsers = true

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @OptionGroup var code: SecondFactorCodeOption

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let label = user
        let code = try code.read(context)
        let userId = try await context.services.directory.userId(label)
        let keys = try context.secondFactorKeys()
        let request = try Mutation(
            of: "identity", permission: .user(userId), isRepeatable: false, parameters: ["user": userId.text])
        try await context.decide(request, mutation) { session, operation in
            try SecondFactorService.renewRecoveryCodes(of: userId, label: label, code: code, keys: keys, in: session, context: operation)
        }
    }
}
