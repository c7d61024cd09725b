import FoundationEssentials
import Kernel
import Postgres

/// What lanes of several sources have to agree about: of which organizations nothing is kept any more.
enum PurgeQueries {
    private static let key: SQL = "hashtextextended('saasctl.analytics.purge', 0)"

    /// Waits for a lane that purges, and keeps one from beginning until the transaction ends. A statement of its own, so that the next sees what the
    /// other has done.
    static func holdOff() -> Query<Bool> {
        Query("select pg_advisory_xact_lock_shared(\(fragment: key)) is null") { try $0.get(0) }
    }

    /// Waits for the lanes that add figures of organizations, and keeps them from doing so until the transaction ends.
    static func begin() -> Query<Bool> {
        Query("select pg_advisory_xact_lock(\(fragment: key)) is null") { try $0.get(0) }
    }

    static func purged(among organizations: [UUID]) -> Query<UUID> {
        Query("select organization_id from purged_organizations where organization_id = any (\(organizations))") { try $0.get(0) }
    }

    static func note(_ organizations: [UUID]) -> Query<Void> {
        Query("insert into purged_organizations select * from unnest(\(organizations)) on conflict do nothing")
    }
}
