import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of attempts in vain.
enum AttemptQueries {
    /// How many there are now, this one included; no row where there may be none before a later instant. Waits for concurrent attempts to be counted.
    static func count(_ kind: AttemptThrottle.Kind, _ key: [UInt8], at now: Timestamp, forgetting horizon: Timestamp) -> Query<Int64> {
        Query(
            """
            insert into attempts as a (kind, key, failures, last_at) values (\(kind.rawValue), \(Bytea(key)), 1, \(now))
            on conflict (kind, key) do update
                set failures = case when a.last_at <= \(horizon) then 1 else a.failures + 1 end, last_at = excluded.last_at, blocked_until = null
                where a.blocked_until is null or a.blocked_until <= excluded.last_at
            returning failures
            """
        ) { try $0.get(0) }
    }

    static func blockedUntil(_ kind: AttemptThrottle.Kind, _ key: [UInt8]) -> Query<Timestamp> {
        Query("select blocked_until from attempts where kind = \(kind.rawValue) and key = \(Bytea(key))") { try $0.get(0) }
    }

    static func block(_ kind: AttemptThrottle.Kind, _ key: [UInt8], until end: Timestamp) -> Query<Void> {
        Query("update attempts set blocked_until = \(end) where kind = \(kind.rawValue) and key = \(Bytea(key))")
    }

    static func forget(_ kind: AttemptThrottle.Kind, _ key: [UInt8]) -> Query<Void> {
        Query("delete from attempts where kind = \(kind.rawValue) and key = \(Bytea(key))")
    }

    /// A wait that others have earned stays.
    static func takeBack(_ kind: AttemptThrottle.Kind, _ key: [UInt8], free: Int64) -> Query<Void> {
        Query(
            """
            update attempts
            set failures = greatest(failures - 1, 1), blocked_until = case when failures > \(free) then blocked_until end
            where kind = \(kind.rawValue) and key = \(Bytea(key))
            """)
    }
}
