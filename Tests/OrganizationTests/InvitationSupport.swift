import Cryptography
import FoundationEssentials
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

let invitationKey = [UInt8](repeating: 9, count: 32)

extension InvitationService.Guest {
    /// The user of this number, who has the address that goes with it.
    static func user(_ number: UInt64) throws -> InvitationService.Guest {
        InvitationService.Guest(userId: .numbered(number), email: try EmailAddress("user\(number)@example.org"))
    }
}

extension Change<SentInvitation> {
    /// As its bearer reads it.
    var token: InvitationToken {
        get throws { try #require(InvitationToken(value.token)) }
    }
}

extension InvitationService {
    static func offer(
        _ email: String, _ role: MemberRole = .member, to organization: Organization, lifetime: InvitationLifetime = .standard,
        userId: UUID? = nil
    ) throws -> Offer {
        Offer(
            organizationId: organization.id, organization: organization.slug, email: try EmailAddress(email), userId: userId, role: role,
            lifetime: lifetime)
    }
}

extension Connection {
    @discardableResult
    func invite(
        _ email: String, _ role: MemberRole = .member, to organization: Organization, lifetime: InvitationLifetime = .standard,
        userId: UUID? = nil, _ context: OperationContext = .ofTest()
    ) async throws -> Change<SentInvitation> {
        let offer = try InvitationService.offer(email, role, to: organization, lifetime: lifetime, userId: userId)
        return try await change("organization", context) { session, context in
            try InvitationService.send(offer, key: invitationKey, in: session, context: context)
        }
    }

    @discardableResult
    func accept(
        _ token: InvitationToken, by guest: InvitationService.Guest, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Invitation> {
        try await change("organization", context) { session, context in
            try InvitationService.accept(token, by: guest, in: session, context: context)
        }
    }

    @discardableResult
    func reject(
        _ token: InvitationToken, by guest: InvitationService.Guest? = nil, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Invitation> {
        try await change("organization", context) { session, context in
            try InvitationService.reject(token, by: guest, in: session, context: context)
        }
    }

    @discardableResult
    func revoke(
        _ reference: String, of organization: Organization, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Invitation> {
        try await change("organization", context) { session, context in
            try InvitationService.revoke(reference, of: organization.id, label: organization.slug, in: session, context: context)
        }
    }

    /// `email status` of each of the organization's invitations, newest first.
    func invitations(
        of organization: Organization, _ status: Invitation.Status? = nil, at now: Timestamp = OperationContext.ofTest().now
    ) async throws -> [String] {
        let page = try await session {
            try InvitationService.list(of: organization.id, status: status, limit: 100, at: now, in: $0)
        }
        return page.items.map { "\($0.email ?? "-") \($0.status.rawValue)" }
    }
}
