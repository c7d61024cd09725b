import Cryptography
public import FoundationEssentials
public import Kernel

/// What lets its bearer answer an invitation: the invitation's id, and an HMAC-SHA256 of the word `invitation`, that id and the expiry. Who has
/// the key can make it again; the database has its hash alone. Never printed by accident.
public struct InvitationToken: Sendable, CustomStringConvertible {
    /// What the key is derived for.
    public static let keyPurpose = "invitation"

    /// The id's 16 bytes and the code's 32.
    private let bytes: [UInt8]

    /// - Parameter key: of the profile, for ``keyPurpose``.
    public init(invitationId: UUID, expiresAt: Timestamp, key: [UInt8]) {
        let expiry = withUnsafeBytes(of: expiresAt.microseconds.bigEndian) { Array($0) }
        bytes = invitationId.bytes + HMAC.sha256(Array("invitation".utf8) + invitationId.bytes + expiry, key: key)
    }

    /// - Returns: `nil` for what has not the form of a token.
    public init?(_ text: String) {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        guard text.utf8.count == 64, let data = Data(base64Encoded: standard), data.count == 48 else { return nil }
        bytes = Array(data)
    }

    /// The token itself, in 64 characters of base64url (RFC 4648, section 5).
    public var text: String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }

    public var description: String { "(redacted)" }

    /// Tells two tokens apart, and tells nobody what they are.
    public var fingerprint: String { hash.hexadecimal }

    var hash: [UInt8] { SHA256.hash(bytes) }

    /// What the bearer says it is for: an invitation of this id need not exist.
    var invitationId: UUID {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return UUID(high: word(bytes[0..<8]), low: word(bytes[8..<16]))
    }

    /// Whether this is the token that was hashed.
    func matches(_ hash: [UInt8]) -> Bool {
        ConstantTime.areEqual(self.hash, hash)
    }
}
