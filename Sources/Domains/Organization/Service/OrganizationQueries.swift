import FoundationEssentials
import Kernel
import OrganizationEvents
import Postgres

/// Every SQL statement of the organization service.
enum OrganizationQueries {
    private static let ownColumns: SQL = "id, slug, name, status, version, created_at, updated_at, deleted_at, purge_at"
    private static let columns: SQL = "\(fragment: ownColumns), \(fragment: isOwnerless)"
    private static let isOwnerless: SQL = """
        (status = 'active' and not exists (
            select from memberships as m where m.organization_id = organizations.id and \(fragment: PeopleQueries.actingOwner)))
        """

    private static func organization(_ row: Row) throws -> Organization {
        Organization(
            id: try row.get(0), slug: try row.get(1), name: try row.get(2), status: try row.get(3), version: try row.get(4),
            createdAt: try row.get(5), updatedAt: try row.get(6), deletedAt: try row.get(7), purgeAt: try row.get(8),
            isOwnerless: try row.get(9))
    }

    /// One row where the slug is this organization's now. No row where it is, or ever was, another's. Waits for a concurrent transaction that takes
    /// the same slug to commit or roll back. Whoever takes a slug does it before touching organizations, so that two never wait for each other.
    static func takeSlug(_ slug: Slug, organizationId: UUID, at now: Timestamp) -> Query<Bool> {
        Query(
            """
            with taken as (
                insert into slugs (slug, organization_id, created_at) values (\(slug.text), \(organizationId), \(now))
                on conflict (slug) do nothing returning true)
            select true from taken
            union all select true from slugs where slug = \(slug.text) and organization_id = \(organizationId)
            """
        ) { try $0.get(0) }
    }

    /// No row where the slug was not taken for this id before. Its owner follows.
    ///
    /// - Parameter events: how many events the creation publishes of this aggregate.
    static func insert(id: UUID, slug: Slug, name: OrganizationName, events: Int64, at now: Timestamp) -> Query<Organization> {
        Query(
            """
            insert into organizations (id, slug, name, event_sequence, created_at, updated_at)
            select \(id), s.slug, \(name.text), \(events), \(now), \(now) from slugs as s
            where s.slug = \(slug.text) and s.organization_id = \(id)
            returning \(fragment: ownColumns), false
            """, organization)
    }

    /// With the number of its events. The lock lets rows refer to the organization, which is not what it guards.
    static func lock(id: UUID) -> Query<LockedOrganization> {
        Query("select \(fragment: columns), event_sequence from organizations where id = \(id) for no key update") { row in
            LockedOrganization(organization: try organization(row), eventSequence: try row.get(10))
        }
    }

    static func advanceSequence(id: UUID, by count: Int64) -> Query<Void> {
        Query("update organizations set event_sequence = event_sequence + \(count) where id = \(id)")
    }

    static func rename(id: UUID, name: OrganizationName, slug: Slug, at now: Timestamp) -> Query<Organization> {
        Query(
            """
            update organizations set name = \(name.text), slug = \(slug.text), version = version + 1, updated_at = greatest(\(now), updated_at)
            where id = \(id)
            returning \(fragment: columns)
            """, organization)
    }

    static func delete(id: UUID, purgeAt: Timestamp, at now: Timestamp) -> Query<Organization> {
        Query(
            """
            update organizations set status = 'deleted', deleted_at = \(now), purge_at = \(purgeAt), version = version + 1,
                updated_at = greatest(\(now), updated_at)
            where id = \(id) returning \(fragment: columns)
            """, organization)
    }

    static func restore(id: UUID, at now: Timestamp) -> Query<Organization> {
        Query(
            """
            update organizations set status = 'active', deleted_at = null, purge_at = null, version = version + 1,
                updated_at = greatest(\(now), updated_at)
            where id = \(id) returning \(fragment: columns)
            """, organization)
    }

    static func purge(id: UUID, at now: Timestamp) -> Query<Organization> {
        Query(
            """
            update organizations set status = 'purged', name = null, version = version + 1, updated_at = greatest(\(now), updated_at)
            where id = \(id) returning \(fragment: columns)
            """, organization)
    }

    static func find(id: UUID) -> Query<Organization> {
        Query("select \(fragment: columns) from organizations where id = \(id)", organization)
    }

    static func slugs(of organizations: [UUID]) -> Query<(id: UUID, slug: String)> {
        Query("select id, slug from organizations where id = any (\(organizations))") { (try $0.get(0), try $0.get(1)) }
    }

    /// By a slug that it goes by, or ever went by.
    static func find(slug: Slug) -> Query<Organization> {
        Query(
            """
            select \(fragment: columns) from organizations
            where id = (select organization_id from slugs where slug = \(slug.text))
            """, organization)
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    ///
    /// - Parameter pattern: a `like` pattern over the slug.
    static func list(
        _ status: Organization.Status?, isOwnerless: Bool, before cursor: PageCursor?, pattern: String?, limit: Int
    ) -> Query<Organization> {
        // As the condition of an index has it.
        let condition: SQL =
            switch status {
            case nil: "true"
            case .active: "status = 'active'"
            case let status?: "status <> 'active' and status = \(status.rawValue)"
            }
        return Query(
            """
            select \(fragment: columns) from organizations
            where (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
                and (\(pattern)::text is null or slug like \(pattern)::text) and \(fragment: condition)
                \(fragment: isOwnerless ? "and \(fragment: Self.isOwnerless)" : "")
            order by created_at desc, id desc limit \(limit)
            """, organization)
    }
}
