import FoundationEssentials
import JWTKit
public import Kernel
public import Postgres

/// Signs access tokens with one key.
public struct TokenSigner: Sendable {
    private let keyId: UUID
    private let key: EdDSA.PrivateKey

    /// - Parameter secret: the 32 bytes of the private key.
    init(keyId: UUID, secret: [UInt8]) throws {
        self.keyId = keyId
        key = try EdDSA.PrivateKey(d: Base64URL.encode(secret), curve: .ed25519)
    }

    /// A token for a session that may not be there yet: without it, the token is worth nothing.
    public func sign(_ claims: AccessClaims) async throws -> String {
        let keys = JWTKeyCollection()
        await keys.add(eddsa: key)
        var header = JWTHeader()
        header.typ = AccessClaims.type
        header.kid = keyId.text
        return try await keys.sign(claims, header: header)
    }
}

/// Tells whether access tokens are good (RFC 8725, RFC 9068). Keeps the keys that it has met, so that a process that checks many takes one question
/// to the database and one check of a signature for each.
public actor TokenService {
    private let terms: TokenTerms
    private var known: [UUID: Known] = [:]

    private struct Known {
        let publicKey: [UInt8]
        let algorithm: any JWTAlgorithm
    }

    /// What a token says, and by what it can be proved; nothing of it is yet.
    private struct Unproven {
        let header: JWTHeader
        let claims: AccessClaims
        let signature: Data
        /// What the signature is over: all that stands before the last full stop (RFC 7515, section 5.1).
        let signed: [UInt8]

        init(_ token: String) throws(IdentityError) {
            let bytes = Array(token.utf8)
            // A signature that can be written in two ways would be a token that can (RFC 7515, section 2: no padding, no other characters).
            guard let end = bytes.lastIndex(of: UInt8(ascii: ".")),
                Base64URL.decode(String(decoding: bytes[(end + 1)...], as: UTF8.self)) != nil,
                let parsed = try? DefaultJWTParser().parse(bytes, as: AccessClaims.self)
            else { throw .accessTokenRefused(.malformed) }
            (header, claims, signature) = parsed
            signed = Array(bytes[..<end])
        }
    }

    public init(terms: TokenTerms) {
        self.terms = terms
    }

    /// Checks form, algorithm, type, signature, issuer, audience, times, and that session and user are still what they were.
    ///
    /// - Parameter now: the instant at which it has to be valid; its expiry is exclusive.
    /// - Throws: ``IdentityError/accessTokenRefused(_:)`` with the reason.
    public func validate(_ token: String, on connection: Connection, at now: Timestamp) async throws -> AccessClaims {
        let unproven = try Unproven(token)
        let (header, claims) = (unproven.header, unproven.claims)
        guard header.alg == SigningPair.algorithm else { throw IdentityError.accessTokenRefused(.algorithm) }
        guard header.typ?.lowercased() == AccessClaims.type, header.crit == nil else { throw IdentityError.accessTokenRefused(.type) }
        guard let kid = header.kid.flatMap({ UUID(uuidString: $0) }) else { throw IdentityError.accessTokenRefused(.key) }
        guard let userId = UUID(uuidString: claims.sub), let sessionId = UUID(uuidString: claims.sid) else {
            throw IdentityError.accessTokenRefused(.malformed)
        }
        async let answer = connection.session {
            try $0.one(SigningKeyQueries.standing(kid: kid, userId: userId, sessionId: sessionId, at: now))
        }
        // While the database answers; what it says of the key decides whether this counts.
        let supposed = known[kid]
        let isSupposedlySigned = try supposed?.algorithm.verify(unproven.signature, signs: unproven.signed)
        let standing = try await answer
        guard let publicKey = standing.publicKey else { throw IdentityError.accessTokenRefused(.key) }
        let isSigned =
            if let isSupposedlySigned, supposed?.publicKey == publicKey {
                isSupposedlySigned
            } else {
                try await algorithm(of: publicKey, kid).verify(unproven.signature, signs: unproven.signed)
            }
        guard isSigned else { throw IdentityError.accessTokenRefused(.signature) }
        try judge(claims, at: now)
        guard standing.userIsActive else { throw IdentityError.accessTokenRefused(.disabled) }
        guard standing.sessionIsLive else { throw IdentityError.accessTokenRefused(.ended) }
        return claims
    }

    private func algorithm(of publicKey: [UInt8], _ kid: UUID) async throws -> any JWTAlgorithm {
        let algorithm = try await Self.keys(publicKey).getKey()
        known[kid] = Known(publicKey: publicKey, algorithm: algorithm)
        return algorithm
    }

    private static func keys(_ publicKey: [UInt8]) async throws -> JWTKeyCollection {
        let keys = JWTKeyCollection()
        await keys.add(eddsa: try EdDSA.PublicKey(x: Base64URL.encode(publicKey), curve: .ed25519))
        return keys
    }

    /// What the library does for a check, by a key that ``validate(_:on:at:)`` has met, and nothing else: to measure ours by.
    ///
    /// - Throws: ``IdentityError/accessTokenRefused(_:)`` before it has met any.
    public func signatureCheck() async throws -> @Sendable (String) async throws -> AccessClaims {
        guard let publicKey = known.first?.value.publicKey else { throw IdentityError.accessTokenRefused(.key) }
        let keys = try await Self.keys(publicKey)
        return { try await keys.verify($0, as: AccessClaims.self) }
    }

    private func judge(_ claims: AccessClaims, at now: Timestamp) throws(IdentityError) {
        let second = now.microseconds / 1_000_000
        guard claims.iss == terms.issuer else { throw .accessTokenRefused(.issuer) }
        guard claims.aud == terms.audience else { throw .accessTokenRefused(.audience) }
        guard claims.iat <= second else { throw .accessTokenRefused(.early) }
        guard second < claims.exp else { throw .accessTokenRefused(.expired) }
    }
}
