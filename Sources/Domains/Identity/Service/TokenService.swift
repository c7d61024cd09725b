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
    private var collections: [UUID: Known] = [:]

    private struct Known {
        let publicKey: [UInt8]
        let keys: JWTKeyCollection
    }

    public init(terms: TokenTerms) {
        self.terms = terms
    }

    /// Checks form, algorithm, type, signature, issuer, audience, times, and that session and user are still what they were.
    ///
    /// - Parameter now: the instant at which it has to be valid; its expiry is exclusive.
    /// - Throws: ``IdentityError/accessTokenRefused(_:)`` with the reason.
    public func validate(_ token: String, on connection: Connection, at now: Timestamp) async throws -> AccessClaims {
        let (header, unproven) = try Self.read(token)
        guard header.alg == SigningPair.algorithm else { throw IdentityError.accessTokenRefused(.algorithm) }
        guard header.typ?.lowercased() == AccessClaims.type, header.crit == nil else { throw IdentityError.accessTokenRefused(.type) }
        guard let kid = header.kid.flatMap({ UUID(uuidString: $0) }) else { throw IdentityError.accessTokenRefused(.key) }
        guard let userId = UUID(uuidString: unproven.sub), let sessionId = UUID(uuidString: unproven.sid) else {
            throw IdentityError.accessTokenRefused(.malformed)
        }
        let standing = try await connection.session {
            try $0.one(SigningKeyQueries.standing(kid: kid, userId: userId, sessionId: sessionId, at: now))
        }
        guard let publicKey = standing.publicKey else { throw IdentityError.accessTokenRefused(.key) }
        let claims = try await verified(token, by: publicKey, of: kid)
        try judge(claims, at: now)
        guard standing.userIsActive else { throw IdentityError.accessTokenRefused(.disabled) }
        guard standing.sessionIsLive else { throw IdentityError.accessTokenRefused(.ended) }
        return claims
    }

    /// What the library does for a check, by a key that ``validate(_:on:at:)`` has met, and nothing else: to measure ours by.
    ///
    /// - Throws: ``IdentityError/accessTokenRefused(_:)`` before it has met any.
    public func signatureCheck() throws -> @Sendable (String) async throws -> AccessClaims {
        guard let keys = collections.first?.value.keys else { throw IdentityError.accessTokenRefused(.key) }
        return { try await keys.verify($0, as: AccessClaims.self) }
    }

    private static func read(_ token: String) throws(IdentityError) -> (JWTHeader, AccessClaims) {
        do {
            let (header, claims, _) = try DefaultJWTParser().parse(Array(token.utf8), as: AccessClaims.self)
            return (header, claims)
        } catch {
            throw .accessTokenRefused(.malformed)
        }
    }

    private func verified(_ token: String, by publicKey: [UInt8], of kid: UUID) async throws -> AccessClaims {
        let keys: JWTKeyCollection
        if let known = collections[kid], known.publicKey == publicKey {
            keys = known.keys
        } else {
            keys = JWTKeyCollection()
            await keys.add(eddsa: try EdDSA.PublicKey(x: Base64URL.encode(publicKey), curve: .ed25519))
            collections[kid] = Known(publicKey: publicKey, keys: keys)
        }
        do {
            return try await keys.verify(token, as: AccessClaims.self)
        } catch {
            throw IdentityError.accessTokenRefused(.signature)
        }
    }

    private func judge(_ claims: AccessClaims, at now: Timestamp) throws(IdentityError) {
        let second = now.microseconds / 1_000_000
        guard claims.iss == terms.issuer else { throw .accessTokenRefused(.issuer) }
        guard claims.aud == terms.audience else { throw .accessTokenRefused(.audience) }
        guard claims.iat <= second else { throw .accessTokenRefused(.early) }
        guard second < claims.exp else { throw .accessTokenRefused(.expired) }
    }
}
