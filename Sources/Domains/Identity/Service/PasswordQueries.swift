import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of requests to set a new password. What they return is as it is at an instant, which is not the server's.
enum PasswordQueries {
    private static func columns(at now: Timestamp) -> SQL {
        """
        id, user_id, case when ending is not null then ending when expires_at <= \(now) then 'expired' else 'open' end, created_at, expires_at,
        ended_at
        """
    }

    private static func reset(_ row: Row) throws -> PasswordReset {
        PasswordReset(
            id: try row.get(0), userId: try row.get(1), status: try row.get(2), createdAt: try row.get(3), expiresAt: try row.get(4),
            endedAt: try row.get(5))
    }

    /// - Parameter userId: locked, and without an open request.
    static func insert(id: UUID, userId: UUID, tokenHash: [UInt8], at now: Timestamp, until expiry: Timestamp) -> Query<PasswordReset> {
        Query(
            """
            insert into password_resets (id, user_id, token_hash, created_at, expires_at)
            values (\(id), \(userId), \(Bytea(tokenHash)), \(now), \(expiry))
            returning \(fragment: columns(at: now))
            """, reset)
    }

    /// What a token has to be, and whose it is.
    struct Seal: Sendable {
        let userId: UUID
        let tokenHash: [UInt8]
    }

    static func seal(of id: UUID) -> Query<Seal> {
        Query("select user_id, token_hash from password_resets where id = \(id)") {
            Seal(userId: try $0.get(0), tokenHash: try $0.get(1, as: Bytea.self).bytes)
        }
    }

    static func find(id: UUID, at now: Timestamp) -> Query<PasswordReset> {
        Query("select \(fragment: columns(at: now)) from password_resets where id = \(id)", reset)
    }

    static func use(id: UUID, at now: Timestamp) -> Query<PasswordReset> {
        Query(
            """
            update password_resets set ending = 'used', ended_at = greatest(\(now), created_at) where id = \(id)
            returning \(fragment: columns(at: now))
            """, reset)
    }

    /// Those of a user that nobody has ended; their time may be up.
    static func supersede(of userId: UUID, at now: Timestamp) -> Query<PasswordReset> {
        Query(
            """
            update password_resets set ending = 'superseded', ended_at = greatest(\(now), created_at)
            where user_id = \(userId) and ended_at is null
            returning \(fragment: columns(at: now))
            """, reset)
    }

    static func delete(of userId: UUID, at now: Timestamp) -> Query<PasswordReset> {
        Query("delete from password_resets where user_id = \(userId) returning \(fragment: columns(at: now))", reset)
    }
}
