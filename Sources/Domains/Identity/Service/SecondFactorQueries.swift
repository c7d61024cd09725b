import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of second factors.
enum SecondFactorQueries {
    private static let columns: SQL = "user_id, sealed_secret, enabled_at, last_step, failures, paused_until"

    private static func factor(_ row: Row) throws -> SecondFactor {
        SecondFactor(
            userId: try row.get(0), sealedSecret: try row.get(1, as: Bytea.self).bytes, enabledAt: try row.get(2), lastStep: try row.get(3),
            failures: try row.get(4), pausedUntil: try row.get(5))
    }

    static func find(of userId: UUID) -> Query<SecondFactor> {
        Query("select \(fragment: columns) from second_factors where user_id = \(userId)", factor)
    }

    /// In place of one that nobody has shown a code of.
    static func enrol(_ userId: UUID, sealedSecret: [UInt8], at now: Timestamp) -> Query<SecondFactor> {
        Query(
            """
            insert into second_factors as f (user_id, sealed_secret, created_at) values (\(userId), \(Bytea(sealedSecret)), \(now))
            on conflict (user_id) do update
                set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = null
                where f.enabled_at is null
            returning \(fragment: columns)
            """, factor)
    }

    static func enable(_ userId: UUID, at now: Timestamp) -> Query<SecondFactor> {
        Query(
            """
            update second_factors set enabled_at = greatest(\(now), created_at) where user_id = \(userId) returning \(fragment: columns)
            """, factor)
    }

    /// A right code ends the row of wrong ones.
    ///
    /// - Parameter step: whose code it was; `nil` for a recovery code.
    static func accept(_ userId: UUID, step: Int64?) -> Query<SecondFactor> {
        Query(
            """
            update second_factors set last_step = coalesce(\(step)::bigint, last_step), failures = 0, paused_until = null
            where user_id = \(userId)
            returning \(fragment: columns)
            """, factor)
    }

    static func fail(_ userId: UUID, pausedUntil end: Timestamp?) -> Query<SecondFactor> {
        Query(
            """
            update second_factors set failures = failures + 1, paused_until = \(end) where user_id = \(userId) returning \(fragment: columns)
            """, factor)
    }

    static func delete(of userId: UUID) -> Query<SecondFactor> {
        Query("delete from second_factors where user_id = \(userId) returning \(fragment: columns)", factor)
    }

    static func deleteRecoveryCodes(of userId: UUID) -> Query<Void> {
        Query("delete from recovery_codes where user_id = \(userId)")
    }

    static func insertRecoveryCodes(_ hashes: [[UInt8]], of userId: UUID) -> Query<Void> {
        Query("insert into recovery_codes (user_id, hash) select \(userId), h from unnest(\(hashes.map { Bytea($0) })::bytea[]) as h")
    }

    /// No row where there is no such code, or it was used.
    static func useRecoveryCode(_ hash: [UInt8], of userId: UUID, at now: Timestamp) -> Query<Bool> {
        Query(
            """
            update recovery_codes set used_at = \(now) where user_id = \(userId) and hash = \(Bytea(hash)) and used_at is null
            returning true
            """
        ) { try $0.get(0) }
    }
}
