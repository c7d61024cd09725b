public import FoundationEssentials
public import Kernel

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

/// The user left, or was removed.
public struct MemberRemoved: DomainEvent {
    public static let eventType = EventType("saas.member.removed", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let userId: UUID

    public init(organizationId: UUID, userId: UUID) {
        self.organizationId = organizationId
        self.userId = userId
    }
}

public struct RoleChanged: DomainEvent {
    public static let eventType = EventType("saas.role.changed", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let userId: UUID
    public let role: MemberRole
    public let formerRole: MemberRole

    public init(organizationId: UUID, userId: UUID, role: MemberRole, formerRole: MemberRole) {
        self.organizationId = organizationId
        self.userId = userId
        self.role = role
        self.formerRole = formerRole
    }
}

/// What a member may do in an organization. The greater of two roles may do all that the lesser may.
public enum MemberRole: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    // From most to least, as people list them.
    case owner, admin, member, viewer

    private var rank: Int {
        switch self {
        case .owner: 3
        case .admin: 2
        case .member: 1
        case .viewer: 0
        }
    }

    public static func < (left: MemberRole, right: MemberRole) -> Bool { left.rank < right.rank }
}
