public import FoundationEssentials
public import Kernel

/// Somebody is invited, at an address that the organization service tells who asks.
public struct InvitationSent: DomainEvent {
    public static let eventType = EventType("saas.invitation.sent", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let invitationId: UUID
    /// What the membership will be.
    public let role: MemberRole
    /// The first instant at which it can no more be accepted. With the id it is what the token is derived from.
    public let expiresAt: Timestamp

    public init(organizationId: UUID, invitationId: UUID, role: MemberRole, expiresAt: Timestamp) {
        self.organizationId = organizationId
        self.invitationId = invitationId
        self.role = role
        self.expiresAt = expiresAt
    }
}

/// A user took the invitation; the membership follows as ``MemberAdded``, unless the user was a member already.
public struct InvitationAccepted: DomainEvent {
    public static let eventType = EventType("saas.invitation.accepted", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let invitationId: UUID
    public let userId: UUID

    public init(organizationId: UUID, invitationId: UUID, userId: UUID) {
        self.organizationId = organizationId
        self.invitationId = invitationId
        self.userId = userId
    }
}

/// Whoever was invited does not want to.
public struct InvitationRejected: DomainEvent {
    public static let eventType = EventType("saas.invitation.rejected", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let invitationId: UUID

    public init(organizationId: UUID, invitationId: UUID) {
        self.organizationId = organizationId
        self.invitationId = invitationId
    }
}

/// The organization took the invitation back.
public struct InvitationRevoked: DomainEvent {
    public static let eventType = EventType("saas.invitation.revoked", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let invitationId: UUID

    public init(organizationId: UUID, invitationId: UUID) {
        self.organizationId = organizationId
        self.invitationId = invitationId
    }
}

/// The invitation's time was up before anybody answered it. Told when a worker notices it, or somebody who invites
/// the address again: which may be later.
public struct InvitationExpired: DomainEvent {
    public static let eventType = EventType("saas.invitation.expired", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let invitationId: UUID

    public init(organizationId: UUID, invitationId: UUID) {
        self.organizationId = organizationId
        self.invitationId = invitationId
    }
}

/// The invitation can be accepted again: what had revoked it is taken back.
public struct InvitationReopened: DomainEvent {
    public static let eventType = EventType("saas.invitation.reopened", version: 1)
    public static let aggregateType = "organization"

    public let organizationId: UUID
    public let invitationId: UUID

    public init(organizationId: UUID, invitationId: UUID) {
        self.organizationId = organizationId
        self.invitationId = invitationId
    }
}
