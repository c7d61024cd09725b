import Cryptography
import FoundationEssentials
import Kernel

/// What prolongs a session, once: 32 random bytes. The database has its hash alone. Never printed by accident.
public struct RefreshToken: Sendable, CustomStringConvertible {
    private let bytes: [UInt8]

    public static func random() -> RefreshToken {
        RefreshToken(bytes: SecureRandom.bytes(32))
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// - Returns: `nil` for what has not the form of a token.
    public init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The token itself, in 43 characters of base64url.
    public var text: String { Base64URL.encode(bytes) }

    public var description: String { "(redacted)" }

    /// Tells two tokens apart, and tells nobody what they are.
    public var fingerprint: String { hash.hexadecimal }

    var hash: [UInt8] { SHA256.hash(bytes) }
}
