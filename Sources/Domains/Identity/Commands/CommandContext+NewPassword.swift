import CommandKit
import Configuration
import Identity

extension CommandContext {
    /// The password that a `--password-file` leads to, hashed at the cost that the profile asks for.
    ///
    /// - Throws: what ``secret(from:flag:)`` throws; `IdentityError` and `CredentialError` for one that may not be set.
    func newPassword(from path: String) throws -> NewPassword {
        try NewPassword(Password(try secret(from: path, flag: "--password-file")), cost: services.profile().passwordCost)
    }
}
