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
