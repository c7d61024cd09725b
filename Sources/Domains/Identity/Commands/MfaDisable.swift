import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct MfaDisable: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable", abstract: "Turn a user's second factor off, and forget its secret and recovery codes.",
        discussion: """
            An operator needs no code: this is what helps a user who has lost the app and the recovery codes. With --as the user needs one. Where \
            there is no second factor nothing changes.

            Example: saasctl identity mfa disable ada@example.org --reason 'ticket 17'
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
            of: "identity", permission: .user(userId), parameters: ["user": userId.text, "code": code?.fingerprint ?? "none"])
        try await context.decide(request, mutation) { session, operation in
            try SecondFactorService.disable(userId, label: label, code: code, keys: keys, in: session, context: operation)
        }
    }
}
