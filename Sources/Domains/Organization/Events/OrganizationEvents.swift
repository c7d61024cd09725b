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

public struct MemberAdded: DomainEvent {
    public static let eventType = EventType("saas.member.added", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let userId: UUID
    public let role: MemberRole

    public init(organizationId: UUID, userId: UUID, role: MemberRole) {
        self.organizationId = organizationId
        self.userId = userId
        self.role = role
    }
}

/// What a member may do in an organization, from most to least.
public enum MemberRole: String, Sendable, Hashable, Codable, CaseIterable {
    case owner, admin, member, viewer
}
