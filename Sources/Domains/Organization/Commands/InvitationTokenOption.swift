import ArgumentParser
import CommandKit
import Cryptography
import Kernel
import Organization

/// The flag of commands that answer an invitation.
struct InvitationTokenOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Take the token from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var tokenFile: String

    /// - Throws: ``OrganizationError/tokenUnknown`` for what has not the form of a token: that says no more than a wrong one.
    func read(_ context: CommandContext) throws -> InvitationToken {
        guard let token = InvitationToken(try context.secret(from: tokenFile, flag: "--token-file").trimmed) else {
            throw OrganizationError.tokenUnknown
        }
        return token
    }
}
