import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// The SQL statements of invitations. What they return is as it is at an instant, which is not the server's.
enum InvitationQueries {
    private static func columns(at now: Timestamp) -> SQL {
        """
        id, organization_id, email, role, case when status = 'pending' and expires_at <= \(now) then 'expired' else status end,
        created_at, expires_at, ended_at, user_id
        """
    }

    private static func invitation(_ row: Row) throws -> Invitation {
        Invitation(
            id: try row.get(0), organizationId: try row.get(1), email: try row.get(2), role: try row.get(3), status: try row.get(4),
            createdAt: try row.get(5), expiresAt: try row.get(6), endedAt: try row.get(7), userId: try row.get(8))
    }

    /// - Parameter organizationId: locked, so that nobody else invites the same address meanwhile.
    static func insert(
        id: UUID, organizationId: UUID, email: EmailAddress, addressee: UUID?, role: MemberRole, tokenHash: [UInt8], at now: Timestamp,
        until expiry: Timestamp
    ) -> Query<Invitation> {
        Query(
            """
            insert into invitations (id, organization_id, email, email_normalized, addressee_id, role, token_hash, created_at, expires_at)
            values (\(id), \(organizationId), \(email.text), normalize(\(email.folded), nfc), \(addressee), \(role.rawValue), \(Bytea(tokenHash)), \(now),
                \(expiry))
            returning \(fragment: columns(at: now))
            """, invitation)
    }

    /// What a token has to be, and whose it is.
    struct Seal: Sendable {
        let organizationId: UUID
        let organization: String
        let tokenHash: [UInt8]
    }

    static func seal(of id: UUID) -> Query<Seal> {
        Query(
            """
            select o.id, o.slug, i.token_hash from invitations as i join organizations as o on o.id = i.organization_id where i.id = \(id)
            """
        ) { Seal(organizationId: try $0.get(0), organization: try $0.get(1), tokenHash: try $0.get(2, as: Bytea.self).bytes) }
    }

    static func find(id: UUID, organizationId: UUID, at now: Timestamp) -> Query<Invitation> {
        Query(
            """
            select \(fragment: columns(at: now)) from invitations where id = \(id) and organization_id = \(organizationId)
            """, invitation)
    }

    /// The one that nobody has ended, its time may be up, otherwise the newest.
    static func newest(for email: EmailAddress, organizationId: UUID, at now: Timestamp) -> Query<Invitation> {
        Query(
            """
            select \(fragment: columns(at: now)) from invitations
            where organization_id = \(organizationId) and email_normalized = normalize(\(email.folded), nfc)
            order by ended_at is null desc, created_at desc, id desc limit 1
            """, invitation)
    }

    /// - Parameter userId: who accepted it.
    static func end(id: UUID, as status: Invitation.Status, by userId: UUID? = nil, at now: Timestamp) -> Query<Invitation> {
        Query(
            """
            update invitations set status = \(status.rawValue), user_id = \(userId), ended_at = greatest(\(now), created_at)
            where id = \(id)
            returning \(fragment: columns(at: now))
            """, invitation)
    }

    /// - Returns: the ids of those that could still be accepted, in the order in which they were sent.
    static func revokeOpen(of organizationId: UUID, step: UUID, at now: Timestamp) -> Query<UUID> {
        Query(
            """
            with revoked as (
                update invitations set status = 'revoked', revoked_by = \(step), ended_at = greatest(\(now), created_at)
                where organization_id = \(organizationId) and status = 'pending' and expires_at > \(now) returning id, created_at)
            select id from revoked order by created_at, id
            """
        ) { try $0.get(0) }
    }

    /// Opens what a step has revoked, where its time is not up and nobody has invited the address since.
    static func reopen(step: UUID, at now: Timestamp) -> Query<UUID> {
        Query(
            """
            with reopened as (
                update invitations as i set status = 'pending', revoked_by = null, ended_at = null
                where revoked_by = \(step) and expires_at > \(now) and not exists (
                    select from invitations as other
                    where other.organization_id = i.organization_id and other.email_normalized = i.email_normalized
                        and (other.status = 'pending' or other.created_at > i.created_at))
                returning id, created_at)
            select id from reopened order by created_at, id
            """
        ) { try $0.get(0) }
    }

    static func deleteAll(of organizationId: UUID) -> Query<Void> {
        Query("delete from invitations where organization_id = \(organizationId)")
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(
        organizationId: UUID, status: Invitation.Status?, before cursor: PageCursor?, limit: Int, at now: Timestamp
    ) -> Query<Invitation> {
        let condition: SQL =
            switch status {
            case nil: "true"
            case .pending: "status = 'pending' and expires_at > \(now)"
            case .expired: "(status = 'expired' or (status = 'pending' and expires_at <= \(now)))"
            case let status?: "status = \(status.rawValue)"
            }
        return Query(
            """
            select \(fragment: columns(at: now)) from invitations
            where organization_id = \(organizationId) and \(fragment: condition)
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, invitation)
    }
}
