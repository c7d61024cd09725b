import ArgumentParser
import CommandKit
import Cryptography
import Identity
import Kernel
import Outbox

struct PasswordReset: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Set a password with the token of a reset.",
        usage: """
            saasctl identity password reset [<options>]
                   --token-file <file> --password-file <file>
            """,
        discussion: """
            Ends all sessions of the user. The token can be used once. A second factor stays as it is: logging in asks for it as before.

            Where both files are -, standard input has the token in its first line and the password in its second.

            Examples:

              saasctl identity password reset --token-file t.txt --password-file p.txt
              saasctl identity password reset --token-file - --password-file - <both
            """)

    @Option(
        help: ArgumentHelp("Take the token from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var tokenFile: String

    @Option(
        help: ArgumentHelp("Take the new password from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var passwordFile: String

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        guard let token = PasswordResetToken(try context.secret(from: tokenFile, flag: "--token-file").trimmed) else {
            throw CredentialError.resetUnknown
        }
        let password = try context.newPassword(from: passwordFile)
        let request = try Mutation(of: "identity", parameters: ["token": token.fingerprint, "password": password.fingerprint])
        try await context.perform(request, mutation) { session, operation in
            try PasswordService.reset(token, to: password, in: session, context: operation)
        }
    }
}
