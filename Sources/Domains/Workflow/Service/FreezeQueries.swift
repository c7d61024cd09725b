import FoundationEssentials
import Postgres

/// The SQL statements of organizations that are deleted, and purged.
enum FreezeQueries {
    /// Against those who are creating something, in the order in which others lock them.
    static func lockEntitlements(of organizations: [UUID]) -> Query<Void> {
        Query(
            """
            select from entitlement_set_cache where organization_id = any (\(organizations)) order by organization_id for update
            """)
    }

    static func freeze(_ organizationId: UUID) -> Query<Void> {
        Query("insert into frozen_organizations (organization_id) values (\(organizationId)) on conflict do nothing")
    }

    static func thaw(_ organizationId: UUID) -> Query<Void> {
        Query("delete from frozen_organizations where organization_id = \(organizationId) and not is_purged")
    }

    static func isFrozen(_ organizationId: UUID) -> Query<Bool> {
        Query("select exists (select from frozen_organizations where organization_id = \(organizationId))") { try $0.get(0) }
    }

    /// Waits for those who are changing something in one of them.
    static func lockProjects(of organizationId: UUID) -> Query<Void> {
        Query("select from projects where organization_id = \(organizationId) order by id for update")
    }

    static func setFrozen(_ isFrozen: Bool, projectsOf organizationId: UUID) -> Query<Void> {
        Query(
            """
            update projects set is_frozen = \(isFrozen) where organization_id = \(organizationId) and is_frozen <> \(isFrozen)
            """)
    }

    // MARK: Purging

    static func notePurged(_ organizations: [UUID]) -> Query<Void> {
        Query(
            """
            insert into frozen_organizations (organization_id, is_purged) select id, true from unnest(\(organizations)) as o (id) order by id
            on conflict (organization_id) do update set is_purged = true
            """)
    }

    static func lockProjects(ofAll organizations: [UUID]) -> Query<Void> {
        Query("select from projects where organization_id = any (\(organizations)) order by id for update")
    }

    static func deleteTasks(of organizations: [UUID]) -> Query<Void> {
        Query("delete from tasks where organization_id = any (\(organizations))")
    }

    static func deleteProjects(of organizations: [UUID]) -> Query<Void> {
        Query("delete from projects where organization_id = any (\(organizations))")
    }

    static func forgetMembers(of organizations: [UUID]) -> Query<Void> {
        Query("delete from membership_cache where organization_id = any (\(organizations))")
    }
}
