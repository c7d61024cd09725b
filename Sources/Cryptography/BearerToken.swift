public import FoundationEssentials
public import Kernel

/// What tokens of one kind are for.
public protocol BearerTokenKind: Sendable {
    /// What their key is derived for, and the first word that they vouch for; never changed, because tokens are made again from it.
    static var name: String { get }
}

/// What lets whoever has it do one thing once: an id, and an HMAC-SHA256 of the kind's name, that id and the expiry. Who has the key can make it
/// again; a database has its hash alone. Never printed by accident.
public struct BearerToken<Kind: BearerTokenKind>: Sendable, CustomStringConvertible {
    /// What the key is derived for.
    public static var keyPurpose: String { Kind.name }

    /// The id's 16 bytes and the code's 32.
    private let bytes: [UInt8]

    /// - Parameter id: of what the token is for, in its database.
    /// - Parameter key: of the profile, for ``keyPurpose``.
    public init(id: UUID, expiresAt: Timestamp, key: [UInt8]) {
        let expiry = withUnsafeBytes(of: expiresAt.microseconds.bigEndian) { Array($0) }
        bytes = id.bytes + HMAC.sha256(Array(Kind.name.utf8) + id.bytes + expiry, key: key)
    }

    /// - Returns: `nil` for what has not the form of a token.
    public init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == 48 else { return nil }
        self.bytes = bytes
    }

    /// The token itself, in 64 characters of base64url.
    public var text: String { Base64URL.encode(bytes) }

    public var description: String { "(redacted)" }

    /// Tells two tokens apart, and tells nobody what they are.
    public var fingerprint: String { hash.hexadecimal }

    /// What a database keeps.
    public var hash: [UInt8] { SHA256.hash(bytes) }

    /// What the bearer says it is for: nothing of this id need exist.
    public var id: UUID {
        func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return UUID(high: word(bytes[0..<8]), low: word(bytes[8..<16]))
    }

    /// Whether this is the token that was hashed.
    public func matches(_ hash: [UInt8]) -> Bool {
        ConstantTime.areEqual(self.hash, hash)
    }
}
