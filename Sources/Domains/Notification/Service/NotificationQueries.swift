import FoundationEssentials
import Kernel
import Postgres

/// Every SQL statement of the notification service.
enum NotificationQueries {
    struct NewNote: Sendable {
        let id: UUID
        let userId: UUID
        let eventId: UUID
        let createdAt: Timestamp
    }

    /// Inserts the notes that no earlier run of the same events has made; gives back the ids of those inserted.
    static func insert(_ notes: [NewNote], template: NotificationNote.Template) -> Query<UUID> {
        Query(
            """
            insert into notifications (id, user_id, template, event_id, event_sequence, created_at)
            select n.id, n.user_id, \(template.rawValue), n.event_id, 1, n.created_at
            from unnest(\(notes.map(\.id)), \(notes.map(\.userId)), \(notes.map(\.eventId)), \(notes.map(\.createdAt))) as n (id, user_id, event_id, created_at)
            on conflict (event_id, user_id) do nothing
            returning id
            """
        ) { try $0.get(0) }
    }

    static func delete(ofOrganizations organizations: [UUID]) -> Query<Void> {
        Query("delete from notifications where organization_id = any (\(organizations))")
    }

    static func delete(ofUsers users: [UUID]) -> Query<Void> {
        Query("delete from notifications where user_id = any (\(users))")
    }

    static func list(userId: UUID, before cursor: PageCursor?, limit: Int) -> Query<NotificationNote> {
        Query(
            """
            select id, user_id, organization_id, template, created_at, read_at from notifications
            where user_id = \(userId)
                and (\(cursor?.time)::timestamptz is null or (created_at, id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by created_at desc, id desc limit \(limit)
            """
        ) { row in
            NotificationNote(
                id: try row.get(0), userId: try row.get(1), organizationId: try row.get(2), template: try row.get(3),
                createdAt: try row.get(4), readAt: try row.get(5))
        }
    }
}
