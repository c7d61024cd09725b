public import FoundationEssentials
public import Kernel

/// A user exists. Address and name stay with the identity service, which answers for them as long as the user lives.
public struct UserRegistered: DomainEvent {
    public static let eventType = EventType("saas.user.registered", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID
    /// Whether a password was set at once; without one, a reset sets the first.
    public let hasPassword: Bool

    public init(userId: UUID, hasPassword: Bool) {
        self.userId = userId
        self.hasPassword = hasPassword
    }
}

/// A user can no longer log in, and every session has ended. Memberships stay: the user may be enabled again.
public struct UserDisabled: DomainEvent {
    public static let eventType = EventType("saas.user.disabled", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID

    public init(userId: UUID) {
        self.userId = userId
    }
}

/// A disabled user can log in again.
public struct UserEnabled: DomainEvent {
    public static let eventType = EventType("saas.user.enabled", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID

    public init(userId: UUID) {
        self.userId = userId
    }
}

/// Address, name and credentials of a user are gone for good. The id stays, and means nobody; whoever keeps anything of the person removes it.
public struct UserErased: DomainEvent {
    public static let eventType = EventType("saas.user.erased", version: 1)
    public static let aggregateType = "user"

    public let userId: UUID

    public init(userId: UUID) {
        self.userId = userId
    }
}
