import Cryptography
import Kernel

/// A password that is to be set: held against ``PasswordPolicy``, and hashed. Logging in asks for none of this, so that whoever has a password keeps
/// it when the rules change. Never printed.
public struct NewPassword: Sendable, CustomStringConvertible {
    private let password: Password
    private let hash: PasswordHash

    /// Takes a fraction of a second of processor time, on purpose; so it happens before a transaction begins.
    ///
    /// - Parameter cost: the binary logarithm of bcrypt's rounds.
    /// - Throws: ``CredentialError/passwordCommon``.
    public init(_ password: Password, cost: Int) throws {
        guard !PasswordPolicy.isCommon(password.text) else { throw CredentialError.passwordCommon }
        self.password = password
        hash = try password.hashed(cost: cost)
    }

    public var description: String { "(redacted)" }

    /// As ``Password/fingerprint``.
    public var fingerprint: String { password.fingerprint }

    /// What is stored where it becomes the password of the user with this address: there is no other way to it.
    ///
    /// - Throws: ``CredentialError/passwordResemblesEmail``.
    func hash(for email: EmailAddress) throws(CredentialError) -> PasswordHash {
        guard !PasswordPolicy.resembles(password.text, email) else { throw .passwordResemblesEmail }
        return hash
    }
}
