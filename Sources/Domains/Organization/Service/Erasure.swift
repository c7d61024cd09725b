import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres

/// That a person is gone, as the identity service tells: all memberships end, open invitations are revoked, and no invitation keeps the address.
///
/// Known are the invitations that the person has accepted, and those to an address that was the person's when they were sent.
struct Erasure {
    let userId: UUID

    func apply(in session: Session, context: OperationContext) throws -> [PendingEvent] {
        var told: [PendingEvent] = []
        for id in try session.all(PeopleQueries.organizations(of: userId)).sorted() {
            guard let organization = try LockedOrganization.takeAny(id, in: session) else { continue }
            let isMember = try session.run(PeopleQueries.endMembership(of: userId, organizationId: id, at: context.now)) > 0
            let revoked = try session.all(PeopleQueries.revokeInvitations(to: userId, organizationId: id, at: context.now)).sorted()
            let left: [any DomainEvent] = isMember ? [MemberRemoved(organizationId: id, userId: userId)] : []
            told += try organization.tell(
                left + revoked.map { InvitationRevoked(organizationId: id, invitationId: $0) }, in: session)
        }
        try session.run(PeopleQueries.removeAddresses(of: userId))
        return told
    }
}
