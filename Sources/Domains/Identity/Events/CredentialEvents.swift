public import FoundationEssentials
public import Kernel

/// Somebody may set a new password for the user, at the address that the identity service tells who asks.
public struct PasswordResetRequested: DomainEvent {
    public static let eventType = EventType("saas.password_reset.requested", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    public let resetId: UUID
    /// The first instant at which it can no more be used. With the id it is what the token is derived from.
    public let expiresAt: Timestamp

    public init(userId: UUID, resetId: UUID, expiresAt: Timestamp) {
        self.userId = userId
        self.resetId = resetId
        self.expiresAt = expiresAt
    }
}

/// The user has another password. Other sessions are revoked by events of their own.
public struct PasswordChanged: DomainEvent {
    public static let eventType = EventType("saas.password.changed", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    /// Whether a reset set it; otherwise who knew the old one.
    public let byReset: Bool

    public init(userId: UUID, byReset: Bool) {
        self.userId = userId
        self.byReset = byReset
    }
}

/// Logging in takes a second factor from now on.
public struct MfaEnabled: DomainEvent {
    public static let eventType = EventType("saas.mfa.enabled", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID

    public init(userId: UUID) {
        self.userId = userId
    }
}

/// Logging in takes the password alone again.
public struct MfaDisabled: DomainEvent {
    public static let eventType = EventType("saas.mfa.disabled", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID

    public init(userId: UUID) {
        self.userId = userId
    }
}
