public import FoundationEssentials
public import Kernel

/// The organization takes no changes any more. Until ``purgeAt`` that can be taken back.
public struct OrganizationDeleted: DomainEvent {
    public static let eventType = EventType("saas.organization.deleted", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    /// Whose steps the services are asked for.
    public let sagaId: UUID
    public let purgeAt: Timestamp

    public init(organizationId: UUID, sagaId: UUID, purgeAt: Timestamp) {
        self.organizationId = organizationId
        self.sagaId = sagaId
        self.purgeAt = purgeAt
    }
}

/// The deletion is taken back; the services are asked to undo their steps.
public struct OrganizationRestored: DomainEvent {
    public static let eventType = EventType("saas.organization.restored", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID

    public init(organizationId: UUID) {
        self.organizationId = organizationId
    }
}

/// The organization is gone for good: every service removes what it has of it. Its last event.
public struct OrganizationPurged: DomainEvent {
    public static let eventType = EventType("saas.organization.purged", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID

    public init(organizationId: UUID) {
        self.organizationId = organizationId
    }
}
