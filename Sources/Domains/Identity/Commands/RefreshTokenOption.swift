import ArgumentParser
import CommandKit
import Identity
import Kernel

/// The flag of commands that take a refresh token.
struct RefreshTokenOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("Take the refresh token from the first line of this file; - is standard input.", valueName: "file"),
        completion: .file())
    var tokenFile: String

    /// - Throws: ``IdentityError/refreshTokenUnknown`` for what has not the form of a token: that says no more than a wrong one.
    func read(_ context: CommandContext) throws -> RefreshToken {
        guard let token = RefreshToken(try context.secret(from: tokenFile, flag: "--token-file").trimmed) else {
            throw IdentityError.refreshTokenUnknown
        }
        return token
    }
}
