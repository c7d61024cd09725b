import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of users whom the identity service has disabled or erased.
enum PeopleQueries {
    static func disable(_ users: [UUID]) -> Query<Void> {
        Query("insert into disabled_users (user_id) select id from unnest(\(users)) as u (id) order by id on conflict do nothing")
    }

    static func enable(_ users: [UUID]) -> Query<Void> {
        Query("delete from disabled_users where user_id = any (\(users))")
    }

    /// Of `memberships as m`: an owner who can act.
    static let actingOwner: SQL = """
        m.ended_at is null and m.role = 'owner' and not exists (select from disabled_users as d where d.user_id = m.user_id)
        """

    /// The organizations in which a user is a member, or has an invitation that can be accepted.
    static func organizations(of user: UUID) -> Query<UUID> {
        Query(
            """
            select organization_id from memberships where user_id = \(user) and ended_at is null
            union select organization_id from invitations where (addressee_id = \(user) or user_id = \(user)) and status = 'pending'
            """
        ) { try $0.get(0) }
    }

    static func endMembership(of user: UUID, organizationId: UUID, at now: Timestamp) -> Query<Void> {
        Query(
            """
            update memberships set ended_at = greatest(\(now), created_at)
            where user_id = \(user) and organization_id = \(organizationId) and ended_at is null
            """)
    }

    /// - Returns: the ids of those that were open.
    static func revokeInvitations(to user: UUID, organizationId: UUID, at now: Timestamp) -> Query<UUID> {
        Query(
            """
            update invitations set status = 'revoked', ended_at = greatest(\(now), created_at)
            where organization_id = \(organizationId) and addressee_id = \(user) and status = 'pending' returning id
            """
        ) { try $0.get(0) }
    }

    /// Behind the end of those that were open.
    static func removeAddresses(of user: UUID) -> Query<Void> {
        Query(
            """
            update invitations set email = null, email_normalized = null, revoked_by = null
            where (addressee_id = \(user) or user_id = \(user)) and email is not null
            """)
    }
}
