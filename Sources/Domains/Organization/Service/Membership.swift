public import FoundationEssentials
public import Kernel
public import OrganizationEvents

/// A user's part in an organization, from when it began to when it ended. Who comes back gets a new one.
public struct Membership: Sendable, Hashable, Codable {
    public let id: UUID
    public let organizationId: UUID
    /// A user of the identity service.
    public let userId: UUID
    public let role: MemberRole
    public let createdAt: Timestamp
    /// `nil` for somebody who is a member.
    public let endedAt: Timestamp?
}
