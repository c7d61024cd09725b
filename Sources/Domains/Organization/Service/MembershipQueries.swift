import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// The SQL statements of memberships.
enum MembershipQueries {
    private static let columns: SQL = "id, organization_id, user_id, role, created_at, ended_at"

    private static func membership(_ row: Row) throws -> Membership {
        Membership(
            id: try row.get(0), organizationId: try row.get(1), userId: try row.get(2), role: try row.get(3), createdAt: try row.get(4),
            endedAt: try row.get(5))
    }

    /// No row where the organization is not there, which in one pipeline with its creation means a taken slug.
    static func insert(id: UUID, organizationId: UUID, userId: UUID, role: MemberRole, at now: Timestamp) -> Query<Membership> {
        Query(
            """
            insert into memberships (id, organization_id, user_id, role, created_at)
            select \(id), o.id, \(userId), \(role.rawValue), \(now) from organizations as o where o.id = \(organizationId)
            returning \(fragment: columns)
            """, membership)
    }

    static func live(userId: UUID, organizationId: UUID) -> Query<Membership> {
        Query(
            """
            select \(fragment: columns) from memberships
            where organization_id = \(organizationId) and user_id = \(userId) and ended_at is null
            """, membership)
    }

    /// The one that is live, otherwise the one that ended last.
    static func newest(userId: UUID, organizationId: UUID) -> Query<Membership> {
        Query(
            """
            select \(fragment: columns) from memberships where organization_id = \(organizationId) and user_id = \(userId)
            order by ended_at desc nulls first, created_at desc, id desc limit 1
            """, membership)
    }

    /// Whether the organization has a live owner besides this membership, whether that user can act or not.
    static func hasOwner(besides id: UUID, organizationId: UUID) -> Query<Bool> {
        Query(
            """
            select exists (
                select from memberships
                where organization_id = \(organizationId) and ended_at is null and role = 'owner' and id <> \(id))
            """
        ) { try $0.get(0) }
    }

    static func setRole(_ role: MemberRole, id: UUID) -> Query<Membership> {
        Query("update memberships set role = \(role.rawValue) where id = \(id) returning \(fragment: columns)", membership)
    }

    static func end(id: UUID, at now: Timestamp) -> Query<Membership> {
        Query(
            "update memberships set ended_at = greatest(\(now), created_at) where id = \(id) returning \(fragment: columns)", membership)
    }

    static func deleteAll(of organizationId: UUID) -> Query<Void> {
        Query("delete from memberships where organization_id = \(organizationId)")
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(organizationId: UUID, role: MemberRole?, before cursor: PageCursor?, limit: Int) -> Query<Membership> {
        Query(
            """
            select \(fragment: columns) from memberships
            where organization_id = \(organizationId) and ended_at is null
                and (\(role?.rawValue)::text is null or role = \(role?.rawValue)::text)
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, membership)
    }
}
