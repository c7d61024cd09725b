public import FoundationEssentials
public import Kernel

public struct OrganizationCreated: DomainEvent {
    public static let eventType = EventType("saas.organization.created", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    /// The first owner; the membership follows as ``MemberAdded``.
    public let ownerId: UUID

    public init(organizationId: UUID, ownerId: UUID) {
        self.organizationId = organizationId
        self.ownerId = ownerId
    }
}

/// The name is another; which one, the organization service tells who asks.
public struct OrganizationRenamed: DomainEvent {
    public static let eventType = EventType("saas.organization.renamed", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID

    public init(organizationId: UUID) {
        self.organizationId = organizationId
    }
}

/// The slug is another; the former one still leads to the organization.
public struct SlugChanged: DomainEvent {
    public static let eventType = EventType("saas.slug.changed", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID

    public init(organizationId: UUID) {
        self.organizationId = organizationId
    }
}
