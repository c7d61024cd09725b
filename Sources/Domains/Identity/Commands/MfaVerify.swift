import ArgumentParser
import CommandKit
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct MfaVerify: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Turn a user's second factor on, with a code of the app.",
        discussion: """
            From then on logging in asks for a code. Shows ten recovery codes, each of which takes the place of the app once; they are shown this \
            once, so --idempotency-key is refused.

            Example: saasctl identity mfa verify ada@example.org --code-file - >recovery-codes.txt
            """)

    static let actsForUsers = true

    @Argument(help: "The user's id or e-mail address.")
    var user: String

    @Option(
        help: ArgumentHelp("Take the code from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var codeFile: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let label = user
        let code = try context.secondFactorCode(from: codeFile)
        let userId = try await context.services.directory.userId(label)
        let keys = try context.secondFactorKeys()
        let request = try Mutation(
            of: "identity", permission: .user(userId), isRepeatable: false, parameters: ["user": userId.text])
        try await context.decide(request, mutation) { session, operation in
            try SecondFactorService.verify(code, of: userId, label: label, keys: keys, in: session, context: operation)
        }
    }
}
