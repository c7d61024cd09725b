import Cryptography
public import FoundationEssentials
import JWTKit
public import Kernel

/// A key that signs access tokens, or did.
public struct SigningKey: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        /// Signs.
        case active
        /// Signs no more; what it signed is accepted until ``SigningKey/expiresAt``.
        case retired
        case expired
    }

    /// `kid` of what it signs.
    public let id: UUID
    public let algorithm: String
    /// As of the instant at which it was read.
    public let status: Status
    /// The 32 bytes of the public key in base64url: `x` of its JWK (RFC 8037, section 2).
    public let publicKey: String
    public let createdAt: Timestamp
    public let retiredAt: Timestamp?
    /// The first instant at which what it signed is no longer accepted.
    public let expiresAt: Timestamp?
}

/// A new pair of keys.
struct SigningPair: Sendable {
    static let algorithm = "EdDSA"

    let id: UUID
    /// 32 bytes.
    let publicKey: [UInt8]
    /// The private key, sealed for this ``id``.
    let sealed: [UInt8]

    /// - Parameter key: of the profile, for ``SigningKeyService/keyPurpose``.
    static func make(id: UUID, sealedUnder key: [UInt8]) throws -> SigningPair {
        let pair = try EdDSA.PrivateKey()
        return SigningPair(
            id: id, publicKey: [UInt8](pair.publicKey.rawRepresentation),
            sealed: SealedBox.seal([UInt8](pair.rawRepresentation), key: key, authenticating: id.bytes))
    }
}
