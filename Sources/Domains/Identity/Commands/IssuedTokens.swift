import CommandKit
import FoundationEssentials
import Identity
import Kernel

/// What a login or a refresh gives, this once (RFC 6749, section 5.1).
struct IssuedTokens: Renderable {
    let sessionId: UUID
    let userId: UUID
    let tokenType: String
    let accessToken: String
    /// When the access token is no longer valid.
    let expiresAt: Timestamp
    let refreshToken: String
    let refreshExpiresAt: Timestamp

    init(_ session: LoginSession, accessToken: String, claims: AccessClaims, refreshToken: RefreshToken) {
        sessionId = session.id
        userId = session.userId
        tokenType = "Bearer"
        self.accessToken = accessToken
        expiresAt = Timestamp(microseconds: claims.exp * 1_000_000)
        self.refreshToken = refreshToken.text
        refreshExpiresAt = session.expiresAt
    }

    static let resourceKind = "SessionTokens"

    static var fields: [Column<IssuedTokens>] {
        [
            Column("session", mayShrink: false) { $0.sessionId }, Column("user", mayShrink: false) { $0.userId },
            Column("access token", mayShrink: false) { $0.accessToken }, Column("expires at") { $0.expiresAt },
            Column("refresh token", mayShrink: false) { $0.refreshToken }, Column("refresh expires at") { $0.refreshExpiresAt },
        ]
    }

    var identifier: String { sessionId.text }
}
