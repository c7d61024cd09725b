import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// Every SQL statement of the identity service.
enum IdentityQueries {
    static let columns: SQL = """
        id, email, name, status, password_hash is not null,
        exists (select from second_factors as f where f.user_id = users.id and f.enabled_at is not null), version, created_at, updated_at
        """

    static func user(_ row: Row) throws -> User {
        User(
            id: try row.get(0), email: try row.get(1), name: try row.get(2), status: try row.get(3), hasPassword: try row.get(4),
            hasMfa: try row.get(5), version: try row.get(6), createdAt: try row.get(7), updatedAt: try row.get(8))
    }

    /// No row where the address is taken. Waits for a concurrent registration of the same address to commit or roll back.
    static func insert(id: UUID, email: EmailAddress, name: PersonName, passwordHash: String?, at now: Timestamp) -> Query<User> {
        Query(
            """
            insert into users (id, email, email_normalized, name, password_hash, event_sequence, created_at, updated_at)
            values (\(id), \(email.text), normalize(\(email.folded), nfc), \(name.text), \(passwordHash), 1, \(now), \(now))
            on conflict (email_normalized) do nothing
            returning \(fragment: columns)
            """, user)
    }

    static func find(id: UUID) -> Query<User> {
        Query("select \(fragment: columns) from users where id = \(id)", user)
    }

    static func find(email: EmailAddress) -> Query<User> {
        Query("select \(fragment: columns) from users where email_normalized = normalize(\(email.folded), nfc)", user)
    }

    /// With the password and the number of events. The lock lets rows refer to the user, which is not what it guards.
    static func lock(id: UUID) -> Query<LockedUser> {
        Query("select \(fragment: columns), password_hash, event_sequence from users where id = \(id) for no key update") { row in
            LockedUser(
                user: try user(row), passwordHash: try row.get(9, as: String?.self).map { PasswordHash(stored: $0) },
                eventSequence: try row.get(10))
        }
    }

    static func advanceSequence(id: UUID, by count: Int64) -> Query<Void> {
        Query("update users set event_sequence = event_sequence + \(count) where id = \(id)")
    }

    static func setStatus(_ status: User.Status, id: UUID, at now: Timestamp) -> Query<User> {
        Query(
            """
            update users set status = \(status.rawValue), version = version + 1, updated_at = greatest(\(now), updated_at)
            where id = \(id)
            returning \(fragment: columns)
            """, user)
    }

    struct Credentials: Sendable {
        let id: UUID
        let hash: PasswordHash?
    }

    private static func credentials(_ row: Row) throws -> Credentials {
        Credentials(id: try row.get(0), hash: try row.get(1, as: String?.self).map { PasswordHash(stored: $0) })
    }

    static func credentials(id: UUID) -> Query<Credentials> {
        Query("select id, password_hash from users where id = \(id)", credentials)
    }

    static func credentials(email: EmailAddress) -> Query<Credentials> {
        Query("select id, password_hash from users where email_normalized = normalize(\(email.folded), nfc)", credentials)
    }

    static func setPassword(_ hash: PasswordHash, id: UUID, at now: Timestamp) -> Query<User> {
        Query(
            """
            update users set password_hash = \(hash.text), version = version + 1, updated_at = greatest(\(now), updated_at)
            where id = \(id)
            returning \(fragment: columns)
            """, user)
    }

    static func emailAddresses(of users: [UUID]) -> Query<(id: UUID, email: String)> {
        Query("select id, email from users where id = any (\(users)) and email is not null") { (try $0.get(0), try $0.get(1)) }
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(before cursor: PageCursor?, status: User.Status?, limit: Int) -> Query<User> {
        Query(
            """
            select \(fragment: columns) from users
            where (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
                and (\(status?.rawValue)::text is null or status = \(status?.rawValue)::text)
            order by created_at desc, id desc limit \(limit)
            """, user)
    }
}
