import ArgumentParser
import CommandKit
import Configuration
import Identity
import Kernel
import Outbox

struct UserRegister: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "register", abstract: "Register a user.",
        discussion: """
            Without --password-file the user has no password until a reset sets the first one.

            Examples:

              saasctl identity user register ada@example.org --name 'Ada Lovelace'
              saasctl identity user register ada@example.org --password-file - <secret
            """)

    @Argument(help: "The e-mail address; unique, whatever its case.")
    var email: String

    @Option(help: ArgumentHelp("The person's name; otherwise the part before the @.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp("Take the password from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var passwordFile: String?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let email = try EmailAddress(email)
        let name = try PersonName(name ?? email.localPart)
        // bcrypt takes a fraction of a second: before the transaction, not in it.
        let password = try passwordFile.map { file in
            try NewPassword(
                Password(context.secret(from: file, flag: "--password-file")), cost: try context.services.profile().passwordCost)
        }
        let parameters = ["email": email.folded, "name": name.text, "password": password?.fingerprint ?? "none"]
        try await context.perform(Mutation(of: "identity", parameters: parameters), mutation) { session, operation in
            try IdentityService.register(email: email, name: name, password: password, in: session, context: operation)
        }
    }
}
