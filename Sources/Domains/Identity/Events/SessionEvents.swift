public import FoundationEssentials
public import Kernel

/// A session began.
public struct UserLoggedIn: DomainEvent {
    public static let eventType = EventType("saas.user.logged_in", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    public let sessionId: UUID
    /// By what the user proved to be the one.
    public let factors: [LoginFactor]

    public init(userId: UUID, sessionId: UUID, factors: [LoginFactor]) {
        self.userId = userId
        self.sessionId = sessionId
        self.factors = factors
    }
}

/// What proves who logs in.
public enum LoginFactor: String, Sendable, Hashable, Codable, CaseIterable {
    case password
    /// A time-based one-time password.
    case totp
    /// A recovery code in place of one.
    case recovery
}

/// The user ended a session.
public struct UserLoggedOut: DomainEvent {
    public static let eventType = EventType("saas.user.logged_out", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    public let sessionId: UUID

    public init(userId: UUID, sessionId: UUID) {
        self.userId = userId
        self.sessionId = sessionId
    }
}

/// A session was ended by somebody or something else than its logging out.
public struct SessionRevoked: DomainEvent {
    public static let eventType = EventType("saas.session.revoked", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    public let sessionId: UUID
    public let cause: RevocationCause

    public init(userId: UUID, sessionId: UUID, cause: RevocationCause) {
        self.userId = userId
        self.sessionId = sessionId
        self.cause = cause
    }
}

/// Why a session was revoked.
public enum RevocationCause: String, Sendable, Hashable, Codable, CaseIterable {
    /// Somebody said so.
    case request
    /// A refresh token was used a second time.
    case reuse
    /// The password changed or was reset.
    case password
    case disabled
    case erased
}

/// A refresh token that had been used came again: two have had it, and one of them is no friend. The session is revoked in the same transaction.
public struct RefreshTokenReuseDetected: DomainEvent {
    public static let eventType = EventType("saas.refresh_token.reuse_detected", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    public let sessionId: UUID

    public init(userId: UUID, sessionId: UUID) {
        self.userId = userId
        self.sessionId = sessionId
    }
}
