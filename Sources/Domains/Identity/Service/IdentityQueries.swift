import FoundationEssentials
import Kernel
import Postgres

/// Every SQL statement of the identity service.
enum IdentityQueries {
    private static let columns: SQL = "id, email, name, status, password_hash is not null, version, created_at, updated_at"

    private static func user(_ row: Row) throws -> User {
        User(
            id: try row.get(0), email: try row.get(1), name: try row.get(2), status: try row.get(3), hasPassword: try row.get(4),
            version: try row.get(5), createdAt: try row.get(6), updatedAt: try row.get(7))
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

    static func emailAddresses(of users: [UUID]) -> Query<(id: UUID, email: String)> {
        Query("select id, email from users where id = any (\(users))") { (try $0.get(0), try $0.get(1)) }
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
