import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres

/// The SQL statements of the workflow service, but for those of tasks.
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

    /// A soft limit forbids nothing, and is kept as none.
    static func insertEntitlements(_ sets: [EntitlementsUpdated]) -> Query<Void> {
        let rows = sets.flatMap { set in set.entitlements.map { (set.organizationId, $0) } }
        return Query(
            """
            insert into entitlement_cache (organization_id, key, kind, quantity)
            select * from unnest(\(rows.map(\.0)), \(rows.map(\.1.key)), \(rows.map(\.1.kind.rawValue)), \(rows.map(\.1.hardLimit)))
            """)
    }

    /// Locks what is cached of these members against other changes, in the order in which ``upsertMembers(_:)`` takes it.
    static func lockMembers(_ members: [CachedMember]) -> Query<(organizationId: UUID, userId: UUID, sequence: Int64)> {
        Query(
            """
            select m.organization_id, m.user_id, m.sequence from membership_cache as m
            join unnest(\(members.map(\.organizationId)), \(members.map(\.userId))) as k (organization_id, user_id)
                on m.organization_id = k.organization_id and m.user_id = k.user_id
            order by m.organization_id, m.user_id for no key update of m
            """
        ) { (try $0.get(0), try $0.get(1), try $0.get(2)) }
    }

    /// The roles of those among the users who are members.
    ///
    /// - Parameter isLocking: keeps them until the transaction ends.
    static func roles(of users: [UUID], organizationId: UUID, isLocking: Bool) -> Query<(user: UUID, role: MemberRole)> {
        Query(
            """
            select user_id, role from membership_cache
            where organization_id = \(organizationId) and user_id = any (\(users)) and role is not null
            order by user_id \(fragment: isLocking ? "for share" : "")
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    // MARK: Limits

    /// Locks the organization's cached entitlements, so that what they limit is counted by one transaction after the other. No row where
    /// billing's event has not arrived.
    ///
    /// - Parameter isNeeded: otherwise nothing is locked, and there is no row.
    static func lockEntitlements(organizationId: UUID, where isNeeded: Bool = true) -> Query<Int64> {
        Query(
            "select version from entitlement_set_cache where organization_id = \(organizationId) and \(isNeeded)::boolean for update")
    }

    /// No row, or `nil`, where there is no limit.
    static func limit(_ key: String, organizationId: UUID) -> Query<Int64?> {
        Query("select quantity from entitlement_cache where organization_id = \(organizationId) and key = \(key)") { try $0.get(0) }
    }

    static func hasHeard(of organizationId: UUID) -> Query<Bool> {
        Query("select exists (select from entitlement_set_cache where organization_id = \(organizationId))")
    }

    // MARK: Projects

    static func countActiveProjects(organizationId: UUID) -> Query<Int64> {
        Query("select count(*) from projects where organization_id = \(organizationId) and status = 'active'") { try $0.get(0) }
    }

    private static let columns: SQL = "id, organization_id, key, name, status, version, created_at, is_frozen"

    private static func project(_ row: Row) throws -> Project {
        Project(
            id: try row.get(0), organizationId: try row.get(1), key: try row.get(2), name: try row.get(3), status: try row.get(4),
            version: try row.get(5), createdAt: try row.get(6), isFrozen: try row.get(7))
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

    /// By its key in the organization, or by its id; then the organization may be left out.
    static func find(_ reference: ProjectReference, organizationId: UUID?) -> Query<Project> {
        switch reference {
        case .id(let id):
            Query(
                """
                select \(fragment: columns) from projects
                where id = \(id) and (\(organizationId)::uuid is null or organization_id = \(organizationId)::uuid)
                """, project)
        case .key(let key):
            Query("select \(fragment: columns) from projects where organization_id = \(organizationId) and key = \(key.text)", project)
        }
    }

    static func projectKeys(of projects: [UUID]) -> Query<(id: UUID, key: String)> {
        Query("select id, key from projects where id = any (\(projects))") { (id: try $0.get(0), key: try $0.get(1)) }
    }

    /// How firmly a project is held until the transaction ends.
    enum ProjectLock {
        /// It stays active; others may change its tasks too.
        case keeping
        /// One at a time takes a number from it.
        case numbering
        /// Nobody does anything in it.
        case archiving

        fileprivate var sql: SQL {
            switch self {
            case .keeping: "for key share"
            case .numbering: "for no key update"
            case .archiving: "for update"
            }
        }
    }

    static func lockProject(_ id: UUID, organizationId: UUID, _ lock: ProjectLock) -> Query<Project> {
        Query(
            """
            select \(fragment: columns) from projects where id = \(id) and organization_id = \(organizationId) \(fragment: lock.sql)
            """, project)
    }

    /// With how many tasks it has numbered.
    static func lockProjectForNumbering(_ id: UUID, organizationId: UUID) -> Query<(project: Project, taskCount: Int64)> {
        Query(
            """
            select \(fragment: columns), task_count from projects where id = \(id) and organization_id = \(organizationId)
            \(fragment: ProjectLock.numbering.sql)
            """
        ) { (try project($0), try $0.get(8)) }
    }

    /// The project that a task is in, which never changes.
    static func lockProject(ofTask id: UUID, organizationId: UUID) -> Query<Project> {
        Query(
            """
            select \(fragment: columns) from projects
            where id = (select project_id from tasks where id = \(id) and organization_id = \(organizationId)) for key share
            """, project)
    }

    /// Gives back the number of the event that tells of it, too.
    static func archiveProject(_ id: UUID, at now: Timestamp) -> Query<(project: Project, sequence: Int64)> {
        Query(
            """
            update projects set status = 'archived', version = version + 1, event_sequence = event_sequence + 1,
                updated_at = greatest(\(now), updated_at)
            where id = \(id)
            returning \(fragment: columns), event_sequence
            """
        ) { (try project($0), try $0.get(8)) }
    }

    static func listProjects(
        organizationId: UUID, status: Project.Status, before cursor: PageCursor?, limit: Int
    ) -> Query<Project> {
        Query(
            """
            select \(fragment: columns) from projects
            where organization_id = \(organizationId) and status = \(status.rawValue)
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, project)
    }
}
