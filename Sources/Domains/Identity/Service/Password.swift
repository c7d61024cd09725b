public import Cryptography
import Kernel

/// A password of a length that NIST SP 800-63B, section 5.1.1.2, asks for. What it must not be besides, and there are no rules of composition, is a
/// matter of ``NewPassword``. Never printed.
public struct Password: Sendable, CustomStringConvertible {
    /// SP 800-63B's lower limit.
    public static let minimumCharacters = 8
    /// Where bcrypt stops reading. Longer passwords are refused, never cut.
    public static let maximumBytes = 72

    let text: String

    public init(_ text: String) throws(IdentityError) {
        guard !text.utf8.contains(0) else { throw .passwordHasNul }
        guard text.utf8.count <= Self.maximumBytes else { throw .passwordTooLong(maximumBytes: Self.maximumBytes) }
        guard text.count >= Self.minimumCharacters else { throw .passwordTooShort(minimum: Self.minimumCharacters) }
        self.text = text
    }

    public var description: String { "(redacted)" }

    /// Tells two passwords apart where they are compared under a secret key. Guessable, so never stored or shown as it is.
    public var fingerprint: String { SHA256.hash(Array(text.utf8)).hexadecimal }

    /// Takes a fraction of a second of processor time, on purpose; so it happens before a transaction begins.
    ///
    /// - Parameter cost: the binary logarithm of bcrypt's rounds.
    public func hashed(cost: Int) throws -> PasswordHash {
        try PasswordHash(bcrypt: text, cost: cost)
    }
}
