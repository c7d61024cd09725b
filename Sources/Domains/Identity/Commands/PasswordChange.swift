import ArgumentParser
import CommandKit
import Cryptography
import FoundationEssentials
import Identity
import Kernel
import Outbox

struct PasswordChange: SaasctlCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Set another password for a user who knows the old one.",
        usage: """
            saasctl identity password change [<options>] <user>
                   --old-file <file> --password-file <file>
            """,
        discussion: """
            Ends all sessions of the user but that of --keep. A wrong old password counts as an attempt in vain to log in, in a dry run too, and \
            has to wait as one (exit 75).

            Where both files are -, standard input has the old password in its first line and the new one in its second.

            Example: saasctl identity password change ada@example.org --old-file old.txt --password-file new.txt
            """)

    static let actsForUsers = true

    @Argument(help: "The user's e-mail address or id.")
    var user: String

    @Option(
        help: ArgumentHelp("Take the old password from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var oldFile: String

    @Option(
        help: ArgumentHelp("Take the new password from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var passwordFile: String

    @Option(
        help: ArgumentHelp("A session that goes on.", valueName: "session"),
        transform: SessionID.parse)
    var keep: UUID?

    @OptionGroup(title: "Options for changes") var mutation: MutationOptions
    @OptionGroup(title: "Global options") var global: GlobalOptions

    func run(_ context: CommandContext) async throws {
        let label = user
        let kept = keep
        let old = try context.secret(from: oldFile, flag: "--old-file")
        let password = try context.newPassword(from: passwordFile)
        let userId = try await context.services.directory.userId(label)
        let request = try Mutation(
            of: "identity", permission: .user(userId),
            parameters: [
                "user": userId.text, "old": SHA256.hash(Array(old.utf8)).hexadecimal, "password": password.fingerprint,
                "keep": kept?.text ?? "none",
            ])
        try await context.refuse(request, mutation)
        let attempt = try await PasswordAttempt.make(old, of: label, context)
        // Refused in the transaction: a repetition under the same key succeeds, although the old password is no more.
        try await context.perform(request, mutation) { session, operation in
            guard let login = attempt.login else { throw IdentityError.credentialsWrong }
            let change = try PasswordService.change(
                of: login.userId, label: label, from: login.passwordHash, to: password, keeping: kept, in: session, context: operation)
            try attempt.admission.clear(in: session)
            return change
        }
        try await attempt.clear(afterDryRun: mutation.dryRun, context)
    }
}
