import CommandKit
import Configuration
import FoundationEssentials
import Identity
import IdentityEvents
import Kernel

/// Makes the access tokens of a profile.
struct TokenIssuer: Sendable {
    private let signer: TokenSigner
    private let terms: TokenTerms

    /// - Throws: ``IdentityError/noSigningKey``, and what the profile's key and database throw.
    static func of(_ context: CommandContext) async throws -> TokenIssuer {
        let key = try context.key(for: SigningKeyService.keyPurpose)
        return TokenIssuer(
            signer: try await context.read("identity") { try SigningKeyService.signer(key: key, in: $0) }, terms: try context.tokenTerms())
    }

    /// A token of a session that begins, or goes on, in the transaction that follows.
    func token(
        userId: UUID, sessionId: UUID, factors: [LoginFactor], at now: Timestamp
    ) async throws -> (text: String, claims: AccessClaims) {
        let claims = AccessClaims(
            terms: terms, userId: userId, sessionId: sessionId, factors: factors, id: UUID.version7(at: now), at: now)
        return (try await signer.sign(claims), claims)
    }
}

extension CommandContext {
    /// Who makes and who takes the tokens of the profile.
    func tokenTerms() throws -> TokenTerms {
        let profile = try services.profile()
        return TokenTerms(issuer: profile.tokenIssuer, audience: profile.tokenAudience)
    }
}
