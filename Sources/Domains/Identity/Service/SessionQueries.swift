import FoundationEssentials
import IdentityEvents
import Kernel
import Postgres

/// The SQL statements of sessions and their refresh tokens. What they return is as it is at an instant, which is not the server's.
enum SessionQueries {
    private static func columns(at now: Timestamp) -> SQL {
        """
        id, user_id, factors,
        case when ended_at is not null then 'ended' when expires_at <= \(now) then 'expired' else 'live' end,
        created_at, refreshed_at, expires_at, ended_at, ending
        """
    }

    private static func loginSession(_ row: Row) throws -> LoginSession {
        LoginSession(
            id: try row.get(0), userId: try row.get(1),
            factors: try row.get(2, as: [String].self).compactMap { LoginFactor(rawValue: $0) }, status: try row.get(3),
            createdAt: try row.get(4), refreshedAt: try row.get(5), expiresAt: try row.get(6), endedAt: try row.get(7),
            ending: try row.get(8, as: String?.self).flatMap { LoginSession.Ending(rawValue: $0) })
    }

    static func insert(id: UUID, userId: UUID, factors: [LoginFactor], at now: Timestamp, until expiry: Timestamp) -> Query<LoginSession> {
        Query(
            """
            insert into sessions (id, user_id, factors, created_at, refreshed_at, expires_at)
            values (\(id), \(userId), \(factors.map(\.rawValue)), \(now), \(now), \(expiry))
            returning \(fragment: columns(at: now))
            """, loginSession)
    }

    static func insertToken(_ hash: [UInt8], of sessionId: UUID, at now: Timestamp, until expiry: Timestamp) -> Query<Void> {
        Query(
            """
            insert into refresh_tokens (hash, session_id, created_at, expires_at)
            values (\(Bytea(hash)), \(sessionId), \(now), \(expiry))
            """)
    }

    /// Whose token it is.
    static func owner(ofToken hash: [UInt8]) -> Query<(userId: UUID, sessionId: UUID)> {
        Query(
            """
            select s.user_id, s.id from refresh_tokens as t join sessions as s on s.id = t.session_id where t.hash = \(Bytea(hash))
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    struct Token: Sendable {
        let expiresAt: Timestamp
        let isSpent: Bool
    }

    static func token(_ hash: [UInt8]) -> Query<Token> {
        Query("select expires_at, spent_at is not null from refresh_tokens where hash = \(Bytea(hash))") {
            Token(expiresAt: try $0.get(0), isSpent: try $0.get(1))
        }
    }

    static func spendToken(_ hash: [UInt8], at now: Timestamp) -> Query<Void> {
        Query("update refresh_tokens set spent_at = \(now) where hash = \(Bytea(hash))")
    }

    /// Spent tokens whose time is up prove nothing any more.
    static func forgetTokens(of sessionId: UUID, at now: Timestamp) -> Query<Void> {
        Query("delete from refresh_tokens where session_id = \(sessionId) and spent_at is not null and expires_at <= \(now)")
    }

    static func prolong(id: UUID, at now: Timestamp, until expiry: Timestamp) -> Query<LoginSession> {
        Query(
            """
            update sessions set refreshed_at = greatest(\(now), refreshed_at), expires_at = greatest(\(expiry), expires_at)
            where id = \(id)
            returning \(fragment: columns(at: now))
            """, loginSession)
    }

    static func find(id: UUID, at now: Timestamp) -> Query<LoginSession> {
        Query("select \(fragment: columns(at: now)) from sessions where id = \(id)", loginSession)
    }

    static func end(id: UUID, as ending: LoginSession.Ending, at now: Timestamp) -> Query<LoginSession> {
        Query(
            """
            update sessions set ended_at = greatest(\(now), created_at), ending = \(ending.rawValue)
            where id = \(id) and ended_at is null
            returning \(fragment: columns(at: now))
            """, loginSession)
    }

    /// - Parameter except: a session that goes on.
    static func end(
        allOf userId: UUID, except: UUID?, as ending: LoginSession.Ending, at now: Timestamp
    ) -> Query<LoginSession> {
        Query(
            """
            update sessions set ended_at = greatest(\(now), created_at), ending = \(ending.rawValue)
            where user_id = \(userId) and ended_at is null and expires_at > \(now) and id is distinct from \(except)
            returning \(fragment: columns(at: now))
            """, loginSession)
    }

    /// Of a user, with their tokens.
    static func delete(of userId: UUID, at now: Timestamp) -> Query<LoginSession> {
        Query("delete from sessions where user_id = \(userId) returning \(fragment: columns(at: now))", loginSession)
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(
        userId: UUID, status: LoginSession.Status?, before cursor: PageCursor?, limit: Int, at now: Timestamp
    ) -> Query<LoginSession> {
        let condition: SQL =
            switch status {
            case nil: "true"
            case .live: "ended_at is null and expires_at > \(now)"
            case .expired: "ended_at is null and expires_at <= \(now)"
            case .ended: "ended_at is not null"
            }
        return Query(
            """
            select \(fragment: columns(at: now)) from sessions
            where user_id = \(userId) and \(fragment: condition)
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, loginSession)
    }
}
