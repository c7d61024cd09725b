import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of attempts in vain.
enum AttemptQueries {
    struct Counted: Sendable {
        /// This one included.
        let failures: Int64
        /// When the one before it was.
        let before: Timestamp?
    }

    /// How many there are now; no row where there may be none before a later instant. Waits for concurrent attempts to be counted.
    static func count(_ kind: AttemptThrottle.Kind, _ key: [UInt8], at now: Timestamp, forgetting horizon: Timestamp) -> Query<Counted> {
        Query(
            """
            insert into attempts as a (kind, key, failures, last_at) values (\(kind.rawValue), \(Bytea(key)), 1, \(now))
            on conflict (kind, key) do update
                set failures = case when a.last_at <= \(horizon) then 1 else a.failures + 1 end, last_at = excluded.last_at, blocked_until = null
                where a.blocked_until is null or a.blocked_until <= excluded.last_at
            returning failures, (select b.last_at from attempts as b where b.kind = \(kind.rawValue) and b.key = \(Bytea(key)))
            """
        ) { Counted(failures: try $0.get(0), before: try $0.get(1)) }
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

    /// The only one there is.
    static func forgetOnly(_ kind: AttemptThrottle.Kind, _ key: [UInt8]) -> Query<Void> {
        Query("delete from attempts where kind = \(kind.rawValue) and key = \(Bytea(key)) and failures = 1")
    }

    /// One of several. What has been counted, and what wait has been earned, since it was admitted stays.
    static func takeBack(_ attempt: AttemptAdmission.Entry, at now: Timestamp) -> Query<Void> {
        Query(
            """
            update attempts
            set failures = failures - 1, last_at = case when last_at = \(now) then coalesce(\(attempt.before)::timestamptz, last_at) else last_at end,
                blocked_until = case when blocked_until is distinct from \(attempt.block)::timestamptz then blocked_until end
            where kind = \(attempt.kind.rawValue) and key = \(Bytea(attempt.key)) and failures > 1
            """)
    }
}
