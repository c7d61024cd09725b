import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// Every SQL statement of the organization service.
enum OrganizationQueries {
    private static let columns: SQL = "id, slug, name, status, version, created_at, updated_at"

    private static func organization(_ row: Row) throws -> Organization {
        Organization(
            id: try row.get(0), slug: try row.get(1), name: try row.get(2), status: try row.get(3), version: try row.get(4),
            createdAt: try row.get(5), updatedAt: try row.get(6))
    }

    private static func membership(_ row: Row) throws -> Membership {
        Membership(
            id: try row.get(0), organizationId: try row.get(1), userId: try row.get(2), role: try row.get(3), createdAt: try row.get(4))
    }

    /// No row where the slug is taken. Waits for a concurrent creation with the same slug to commit or roll back.
    ///
    /// - Parameter events: how many events the creation publishes of this aggregate.
    static func insert(id: UUID, slug: Slug, name: OrganizationName, events: Int64, at now: Timestamp) -> Query<Organization> {
        Query(
            """
            insert into organizations (id, slug, name, event_sequence, created_at, updated_at)
            values (\(id), \(slug.text), \(name.text), \(events), \(now), \(now))
            on conflict (slug) do nothing
            returning \(fragment: columns)
            """, organization)
    }

    /// No row where the organization is not there, which in one pipeline with ``insert(id:slug:name:events:at:)`` means a taken slug.
    static func insertMembership(id: UUID, organizationId: UUID, userId: UUID, role: MemberRole, at now: Timestamp) -> Query<Membership> {
        Query(
            """
            insert into memberships (id, organization_id, user_id, role, created_at)
            select \(id), o.id, \(userId), \(role.rawValue), \(now) from organizations as o where o.id = \(organizationId)
            returning id, organization_id, user_id, role, created_at
            """, membership)
    }

    static func find(id: UUID) -> Query<Organization> {
        Query("select \(fragment: columns) from organizations where id = \(id)", organization)
    }

    static func find(slug: Slug) -> Query<Organization> {
        Query("select \(fragment: columns) from organizations where slug = \(slug.text)", organization)
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    ///
    /// - Parameter pattern: a `like` pattern over the slug.
    static func list(before cursor: PageCursor?, pattern: String?, limit: Int) -> Query<Organization> {
        Query(
            """
            select \(fragment: columns) from organizations
            where (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
                and (\(pattern)::text is null or slug like \(pattern)::text)
            order by created_at desc, id desc limit \(limit)
            """, organization)
    }
}
