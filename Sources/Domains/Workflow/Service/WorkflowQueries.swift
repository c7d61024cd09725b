import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres

/// Every SQL statement of the workflow service.
enum WorkflowQueries {
    // MARK: Caches

    struct CachedMember: Sendable {
        let organizationId: UUID
        let userId: UUID
        /// `nil` for who was a member and is none.
        let role: String?
        let sequence: Int64

        init(_ organizationId: UUID, _ userId: UUID, _ role: MemberRole?, _ event: StoredEvent) {
            self.organizationId = organizationId
            self.userId = userId
            self.role = role?.rawValue
            sequence = event.sequence
        }
    }

    /// Takes a membership only if it is newer than what is cached.
    static func upsertMembers(_ members: [CachedMember]) -> Query<Void> {
        Query(
            """
            insert into membership_cache as m (organization_id, user_id, role, sequence)
            select * from unnest(\(members.map(\.organizationId)), \(members.map(\.userId)), \(members.map(\.role)), \(members.map(\.sequence)))
            on conflict (organization_id, user_id) do update set role = excluded.role, sequence = excluded.sequence
                where m.sequence < excluded.sequence
            """)
    }

    /// Gives back the organizations whose set was older and is to be replaced.
    static func upsertEntitlementSets(_ sets: [EntitlementsUpdated]) -> Query<UUID> {
        Query(
            """
            insert into entitlement_set_cache as c (organization_id, version)
            select * from unnest(\(sets.map(\.organizationId)), \(sets.map(\.version)))
            on conflict (organization_id) do update set version = excluded.version where c.version < excluded.version
            returning organization_id
            """
        ) { try $0.get(0) }
    }

    static func deleteEntitlements(of organizations: [UUID]) -> Query<Void> {
        Query("delete from entitlement_cache where organization_id = any (\(organizations))")
    }

    static func insertEntitlements(_ sets: [EntitlementsUpdated]) -> Query<Void> {
        let rows = sets.flatMap { set in set.entitlements.map { (set.organizationId, $0) } }
        return Query(
            """
            insert into entitlement_cache (organization_id, key, kind, quantity)
            select * from unnest(\(rows.map(\.0)), \(rows.map(\.1.key)), \(rows.map(\.1.kind.rawValue)), \(rows.map(\.1.quantity)))
            """)
    }

    // MARK: Projects

    /// Locks the organization's cached entitlements, so that concurrent creations count one after the other. No row where billing's event
    /// has not arrived.
    static func lockEntitlements(organizationId: UUID) -> Query<Int64> {
        Query("select version from entitlement_set_cache where organization_id = \(organizationId) for update") { try $0.get(0) }
    }

    /// No row, or `nil`, where projects are not limited.
    static func projectLimit(organizationId: UUID) -> Query<Int64?> {
        Query("select quantity from entitlement_cache where organization_id = \(organizationId) and key = 'projects'") { try $0.get(0) }
    }

    static func countActiveProjects(organizationId: UUID) -> Query<Int64> {
        Query("select count(*) from projects where organization_id = \(organizationId) and status = 'active'") { try $0.get(0) }
    }

    private static let columns: SQL = "id, organization_id, key, name, status, version, created_at"

    private static func project(_ row: Row) throws -> Project {
        Project(
            id: try row.get(0), organizationId: try row.get(1), key: try row.get(2), name: try row.get(3), status: try row.get(4),
            version: try row.get(5), createdAt: try row.get(6))
    }

    static func insertProject(id: UUID, organizationId: UUID, key: ProjectKey, name: String, at now: Timestamp) -> Query<Project> {
        Query(
            """
            insert into projects (id, organization_id, key, name, event_sequence, created_at, updated_at)
            values (\(id), \(organizationId), \(key.text), \(name), 1, \(now), \(now))
            on conflict (organization_id, key) do nothing
            returning \(fragment: columns)
            """, project)
    }

    static func listProjects(organizationId: UUID, before cursor: PageCursor?, limit: Int) -> Query<Project> {
        Query(
            """
            select \(fragment: columns) from projects
            where organization_id = \(organizationId) and status = 'active'
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, project)
    }
}
