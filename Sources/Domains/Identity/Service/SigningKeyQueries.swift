import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of the keys that sign tokens.
enum SigningKeyQueries {
    private static func columns(at now: Timestamp) -> SQL {
        """
        id, algorithm, case when retired_at is null then 'active' when expires_at > \(now) then 'retired' else 'expired' end,
        public_key, created_at, retired_at, expires_at
        """
    }

    private static func key(_ row: Row) throws -> SigningKey {
        SigningKey(
            id: try row.get(0), algorithm: try row.get(1), status: try row.get(2),
            publicKey: Base64URL.encode(try row.get(3, as: Bytea.self).bytes), createdAt: try row.get(4), retiredAt: try row.get(5),
            expiresAt: try row.get(6))
    }

    /// Rotations come one after the other; what reads keys does not wait for them.
    static func lock() -> Query<Void> {
        Query("lock table signing_keys in share row exclusive mode")
    }

    static func retire(at now: Timestamp, until expiry: Timestamp) -> Query<SigningKey> {
        Query(
            """
            update signing_keys set retired_at = greatest(\(now), created_at), expires_at = greatest(\(expiry), created_at)
            where retired_at is null
            returning \(fragment: columns(at: now))
            """, key)
    }

    static func insert(_ pair: SigningPair, at now: Timestamp) -> Query<SigningKey> {
        Query(
            """
            insert into signing_keys (id, algorithm, public_key, sealed_key, created_at)
            values (\(pair.id), \(SigningPair.algorithm), \(Bytea(pair.publicKey)), \(Bytea(pair.sealed)), \(now))
            returning \(fragment: columns(at: now))
            """, key)
    }

    static func sealedActive() -> Query<(id: UUID, sealed: [UInt8])> {
        Query("select id, sealed_key from signing_keys where retired_at is null") { (try $0.get(0), try $0.get(1, as: Bytea.self).bytes) }
    }

    static func active(at now: Timestamp) -> Query<SigningKey> {
        Query("select \(fragment: columns(at: now)) from signing_keys where retired_at is null", key)
    }

    /// Those whose signatures are accepted, newest first.
    static func published(at now: Timestamp) -> Query<SigningKey> {
        Query(
            """
            select \(fragment: columns(at: now)) from signing_keys where expires_at is null or expires_at > \(now)
            order by created_at desc, id desc
            """, key)
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(before cursor: PageCursor?, limit: Int, at now: Timestamp) -> Query<SigningKey> {
        Query(
            """
            select \(fragment: columns(at: now)) from signing_keys
            where (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, key)
    }

    /// What an access token's claims and its `kid` lead to, in one question.
    struct Standing: Sendable {
        let publicKey: [UInt8]?
        let sessionIsLive: Bool
        let userIsActive: Bool
    }

    static func standing(kid: UUID, userId: UUID, sessionId: UUID, at now: Timestamp) -> Query<Standing> {
        Query(
            """
            select (select public_key from signing_keys where id = \(kid) and (expires_at is null or expires_at > \(now))),
                exists (select from sessions where id = \(sessionId) and user_id = \(userId) and ended_at is null),
                exists (select from users where id = \(userId) and status = 'active')
            """
        ) {
            Standing(
                publicKey: try $0.get(0, as: Bytea?.self)?.bytes, sessionIsLive: try $0.get(1), userIsActive: try $0.get(2))
        }
    }
}
