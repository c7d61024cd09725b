public import FoundationEssentials
public import IdentityEvents
public import JWTKit
public import Kernel

/// What an access token says (RFC 9068): who, in which session, for whom, from when to when.
public struct AccessClaims: JWTPayload, Sendable, Equatable {
    /// How long an access token is valid, in seconds.
    public static let lifetime: Int64 = 15 * 60
    /// What its header says it is, so that no other kind of token passes for it (RFC 8725, section 3.11).
    static let type = "at+jwt"

    public let iss: String
    public let aud: String
    /// The user's id.
    public let sub: String
    /// The session's id.
    public let sid: String
    public let jti: String
    /// Seconds since 1970.
    public let iat: Int64
    /// The first second at which it is no longer valid.
    public let exp: Int64
    /// By what the user proved to be the one: `pwd`, `otp` (RFC 8176), or `recovery`, for which there is no registered name.
    public let amr: [String]
    /// Who has asked for the token (RFC 9068, section 2.2): always saasctl.
    public let clientId: String

    enum CodingKeys: String, CodingKey {
        case iss, aud, sub, sid, jti, iat, exp, amr
        case clientId = "client_id"
    }

    /// - Parameter id: of the token.
    public init(terms: TokenTerms, userId: UUID, sessionId: UUID, factors: [LoginFactor], id: UUID, at now: Timestamp) {
        iss = terms.issuer
        aud = terms.audience
        sub = userId.text
        sid = sessionId.text
        jti = id.text
        iat = now.microseconds / 1_000_000
        exp = iat + Self.lifetime
        amr = factors.map(\.method)
        clientId = "saasctl"
    }

    /// Judged by ``TokenService``, which knows what time it is; the library would ask the machine.
    public func verify(using key: some JWTAlgorithm) async throws {}
}

extension LoginFactor {
    fileprivate var method: String {
        switch self {
        case .password: "pwd"
        case .totp: "otp"
        case .recovery: "recovery"
        }
    }
}

/// Who makes tokens, and who takes them.
public struct TokenTerms: Sendable, Hashable {
    public let issuer: String
    public let audience: String

    public init(issuer: String, audience: String) {
        self.issuer = issuer
        self.audience = audience
    }
}

/// Why an access token is refused.
public enum AccessTokenFault: String, Sendable, Hashable, CaseIterable {
    case malformed
    /// Its header says an algorithm that is not its key's, `none` among them.
    case algorithm
    case type
    /// No key of ours, or one whose time is up.
    case key
    case signature
    case issuer
    case audience
    case expired
    /// Issued in the future.
    case early
    case ended
    case disabled

    var code: String {
        switch self {
        case .expired: "TOKEN_EXPIRED"
        case .ended, .disabled: "TOKEN_REVOKED"
        default: "TOKEN_INVALID"
        }
    }

    var text: String {
        switch self {
        case .malformed: "the token is not valid: it is no signed token of the form header.claims.signature"
        case .algorithm: "the token is not valid: it names an algorithm that is not its key's"
        case .type: "the token is not valid: it is no access token"
        case .key: "the token is not valid: no key of ours has signed it, or one that has been replaced"
        case .signature: "the token is not valid: the signature is wrong"
        case .issuer: "the token is not valid: somebody else has issued it"
        case .audience: "the token is not valid: it is for somebody else"
        case .expired: "the token has expired"
        case .early: "the token is not valid: it was issued in the future"
        case .ended: "the token has been revoked: its session has ended"
        case .disabled: "the token has been revoked: its user is disabled"
        }
    }
}
