import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// The SQL statements of what users are told inside the product.
enum NotificationQueries {
    private static let columns: SQL = "id, user_id, organization_id, template, data, created_at, read_at"

    private static func note(_ row: Row) throws -> NotificationNote {
        NotificationNote(
            id: try row.get(0), userId: try row.get(1), organizationId: try row.get(2), template: try row.get(3),
            data: try JSONCoding.decode(from: row.get(4)), createdAt: try row.get(5), readAt: try row.get(6))
    }

    struct NewNote: Sendable {
        let id: UUID
        let userId: UUID
        let data: String
        let told: NotificationTrigger.Told

        init(_ told: NotificationTrigger.Told, userId: UUID) throws {
            id = told.cause.derivedId("saas.notification")
            self.userId = userId
            data = try JSONCoding.encode(told.notice.data)
            self.told = told
        }
    }

    /// Inserts the notes that no earlier run of the same events has made, but for whom and what is gone; gives back the ids of those inserted.
    static func insert(_ notes: [NewNote]) -> Query<UUID> {
        Query(
            """
            insert into notifications (id, user_id, organization_id, template, data, event_id, event_sequence, created_at)
            select n.id, n.user_id, n.organization_id, n.template, n.data::json, n.event_id, 1, n.created_at
            from unnest(\(notes.map(\.id)), \(notes.map(\.userId)), \(notes.map(\.told.notice.organization)),
                \(notes.map(\.told.trigger.template.rawValue)), \(notes.map(\.data)), \(notes.map(\.told.cause.id)),
                \(notes.map(\.told.cause.time))) as n (id, user_id, organization_id, template, data, event_id, created_at)
            where not exists (select from erased_users as u where u.user_id = n.user_id)
                and not exists (select from purged_organizations as o where o.organization_id = n.organization_id)
            on conflict (event_id, user_id) do nothing
            returning id
            """
        ) { try $0.get(0) }
    }

    /// Keeps it as it is until the transaction ends who and what is gone, or makes that this transaction's alone to change.
    static func lockGone(alone: Bool) -> Query<Void> {
        alone
            ? Query("select pg_advisory_xact_lock(hashtextextended('notification gone', 0))")
            : Query("select pg_advisory_xact_lock_shared(hashtextextended('notification gone', 0))")
    }

    static func noteErased(_ users: [UUID]) -> Query<Void> {
        Query("insert into erased_users (user_id) select id from unnest(\(users)) as u (id) on conflict do nothing")
    }

    static func notePurged(_ organizations: [UUID]) -> Query<Void> {
        Query(
            "insert into purged_organizations (organization_id) select id from unnest(\(organizations)) as o (id) on conflict do nothing")
    }

    static func delete(ofOrganizations organizations: [UUID]) -> Query<Void> {
        Query("delete from notifications where organization_id = any (\(organizations))")
    }

    static func delete(ofUsers users: [UUID]) -> Query<Void> {
        Query("delete from notifications where user_id = any (\(users))")
    }

    static func list(userId: UUID, unread: Bool, before cursor: PageCursor?, limit: Int) -> Query<NotificationNote> {
        Query(
            """
            select \(fragment: columns) from notifications
            where user_id = \(userId) and \(fragment: unread ? "read_at is null" : "true")
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """, note)
    }

    static func count(ofUsers users: [UUID], unread: Bool) -> Query<Int64> {
        Query(
            """
            select count(*) from notifications where user_id = any (\(users)) and \(fragment: unread ? "read_at is null" : "true")
            """
        ) { try $0.get(0) }
    }

    struct LockedNote: Sendable {
        let id: UUID
        let userId: UUID
        let organizationId: UUID?
        let eventSequence: Int64
        let isRead: Bool
    }

    private static func locked(_ row: Row) throws -> LockedNote {
        LockedNote(
            id: try row.get(0), userId: try row.get(1), organizationId: try row.get(2), eventSequence: try row.get(3),
            isRead: try row.get(4))
    }

    /// In the order of their ids, in which everybody locks them.
    static func lock(_ ids: [UUID]) -> Query<LockedNote> {
        Query(
            """
            select id, user_id, organization_id, event_sequence, read_at is not null from notifications where id = any (\(ids))
            order by id for no key update
            """, locked)
    }

    /// The oldest unread ones of a user. Who waits for another transaction here gets only what that one has left unread.
    static func lockUnread(ofUser userId: UUID, limit: Int) -> Query<LockedNote> {
        Query(
            """
            select id, user_id, organization_id, event_sequence, read_at is not null from notifications
            where read_at is null and id in (
                select id from notifications where user_id = \(userId) and read_at is null order by created_at, id limit \(limit))
            order by id for no key update
            """, locked)
    }

    /// A clock that was set back makes nothing read before it was there.
    static func markRead(_ ids: [UUID], at now: Timestamp) -> Query<NotificationNote> {
        Query(
            """
            update notifications set read_at = greatest(\(now), created_at), event_sequence = event_sequence + 1
            where id = any (\(ids)) returning \(fragment: columns)
            """, note)
    }
}
