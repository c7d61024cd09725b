import Cryptography
public import FoundationEssentials
public import Kernel
public import OrganizationEvents

/// What an organization offers whoever has an e-mail address, with an account or without one: a membership.
public struct Invitation: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case pending, accepted, rejected, revoked, expired
    }

    public let id: UUID
    public let organizationId: UUID
    /// `nil` where its person is erased.
    public let email: String?
    /// What the membership will be.
    public let role: MemberRole
    /// At the instant for which it was read: expired as soon as its time is up, whether anybody has noticed or not.
    public let status: Status
    public let createdAt: Timestamp
    /// The first instant at which it can no more be accepted.
    public let expiresAt: Timestamp
    /// When it was answered, taken back, or noticed to have expired.
    public let endedAt: Timestamp?
    /// Who accepted it.
    public let userId: UUID?

    func isFor(_ address: EmailAddress) -> Bool {
        // Texts are equal here whatever their Unicode normalisation.
        email?.lowercased() == address.folded
    }
}

/// An invitation with what accepts it, which is shown once and kept nowhere.
public struct SentInvitation: Sendable, Hashable, Codable {
    public let id: UUID
    public let organizationId: UUID
    public let email: String
    public let role: MemberRole
    public let status: Invitation.Status
    public let createdAt: Timestamp
    public let expiresAt: Timestamp
    /// Secret: whoever has it can answer the invitation.
    public let token: String

    init(_ invitation: Invitation, to address: EmailAddress, token: InvitationToken) {
        id = invitation.id
        organizationId = invitation.organizationId
        email = address.text
        role = invitation.role
        status = invitation.status
        createdAt = invitation.createdAt
        expiresAt = invitation.expiresAt
        self.token = token.text
    }
}

/// For how long an invitation can be accepted.
public struct InvitationLifetime: Sendable, Hashable {
    public static let standard = InvitationLifetime(known: .seconds(7 * 86_400))
    public static let longest = InvitationLifetime(known: .seconds(30 * 86_400))

    public let duration: Duration

    /// - Throws: ``OrganizationError/lifetimeTooLong``.
    public init(_ duration: Duration) throws(OrganizationError) {
        guard duration <= Self.longest.duration else { throw .lifetimeTooLong }
        self.duration = duration
    }

    private init(known duration: Duration) {
        self.duration = duration
    }
}
