import FoundationEssentials
import Kernel
import Postgres

/// Every statement on the tables that all services have: outbox, checkpoints.
enum OutboxQueries {
    /// The channel on which an append tells a sleeping worker.
    static let channel = "saasctl_outbox"

    /// The lock that a sleeping worker holds exclusively and each append tries to share. A commit that notifies takes a lock of the whole
    /// cluster, so an append notifies only where its try is refused, that is, while somebody sleeps.
    static let sleepLock: SQL = "hashtextextended('saasctl.outbox.sleep', 0)"

    /// Also makes the commit synchronous where the session would not wait for its own disk.
    static func announceAppend() -> Query<Void> {
        Query(
            """
            select case when not pg_try_advisory_xact_lock_shared(\(fragment: sleepLock)) then pg_notify(\(channel), '')::text end,
                case when current_setting('synchronous_commit') in ('off', 'local') then set_config('synchronous_commit', 'on', true) end
            """)
    }

    static func insert(_ events: [StoredEvent]) -> Query<Void> {
        Query(
            """
            insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash)
            select id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data::json, hash
            from unnest(\(events.map(\.id)), \(events.map(\.type)), \(events.map(\.subject)), \(events.map(\.sequence)), \(events.map(\.time)),
                \(events.map(\.organizationId)), \(events.map(\.correlationId)), \(events.map(\.causationId)), \(events.map(\.actor)),
                \(events.map(\.traceparent)), \(events.map(\.data)), \(events.map { Bytea($0.hash) }))
                with ordinality as e (id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data,
                    hash, nth)
            order by nth
            """)
    }

    /// Keeps partitions ahead; one row with the number of partitions it made.
    static func extend() -> Query<Int> {
        Query("select outbox_extend()") { try $0.get(0) }
    }

    static func trySleepLock() -> Query<Bool> {
        Query("select pg_try_advisory_lock(\(fragment: sleepLock))") { try $0.get(0) }
    }

    static func releaseSleepLock() -> Query<Bool> {
        Query("select pg_advisory_unlock(\(fragment: sleepLock))") { try $0.get(0) }
    }
}
