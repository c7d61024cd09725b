public import FoundationEssentials
public import Kernel
import NotificationEvents
public import Outbox
public import Postgres

/// What users have been told inside the product, and what they have read of it.
public enum NotificationService {
    /// How many are marked in one transaction.
    public static let markLimit = 10_000

    /// One page of a user's notifications, newest first.
    public static func notifications(
        of userId: UUID, unread: Bool = false, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<NotificationNote> {
        let rows = try session.all(NotificationQueries.list(userId: userId, unread: unread, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// How many notifications a user has. Counted, and not kept: so it is right whoever reads or is told something at the same time.
    public static func count(of userId: UUID, unread: Bool, in session: Session) throws -> NotificationCount {
        NotificationCount(userId: userId, count: try session.one(NotificationQueries.count(ofUsers: [userId], unread: unread)))
    }

    /// Marks notifications as read, all of them or none; what was read before stays as it is. To a user who acts there are only the own ones.
    ///
    /// - Throws: ``NotificationError/notFound(_:)`` for the first that does not exist.
    public static func markRead(
        _ ids: [UUID], in session: Session, context: OperationContext
    ) throws -> Change<ReadNotifications> {
        let locked = try session.all(NotificationQueries.lock(ids)).filter { mayTouch($0.userId, context.actor) }
        let found = Set(locked.map(\.id))
        if let missing = ids.first(where: { !found.contains($0) }) { throw NotificationError.notFound(missing) }
        return try mark(locked, of: Set(locked.map(\.userId)), in: session, context: context)
    }

    /// Marks what a user has not read, the oldest ``markLimit`` of it.
    public static func markAllRead(of userId: UUID, in session: Session, context: OperationContext) throws -> Change<ReadNotifications> {
        let locked = try session.all(NotificationQueries.lockUnread(ofUser: userId, limit: markLimit))
        return try mark(locked, of: [userId], in: session, context: context)
    }

    private static func mayTouch(_ userId: UUID, _ actor: Actor) -> Bool {
        if case .user(let id) = actor { id == userId } else { true }
    }

    private static func mark(
        _ locked: [NotificationQueries.LockedNote], of users: Set<UUID>, in session: Session, context: OperationContext
    ) throws -> Change<ReadNotifications> {
        let fresh = locked.filter { !$0.isRead }
        var marked: [NotificationNote] = []
        if !fresh.isEmpty {
            marked = try session.all(NotificationQueries.markRead(fresh.map(\.id), at: context.now)).sorted { $0.id < $1.id }
        }
        let unread = try session.one(NotificationQueries.count(ofUsers: users.sorted(), unread: true))
        return Change(
            ReadNotifications(read: marked.map(\.id), unread: unread),
            rows: try marked.map { try ChangedRow(.update, "notifications", $0) },
            events: try fresh.map { note in
                try PendingEvent(
                    NotificationRead(notificationId: note.id, userId: note.userId), subject: note.id, sequence: note.eventSequence + 1,
                    organization: note.organizationId)
            })
    }
}
