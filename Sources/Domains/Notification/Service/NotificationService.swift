public import FoundationEssentials
public import Kernel
public import Postgres

/// Reads what users have been told.
public enum NotificationService {
    /// One page of a user's notifications, newest first.
    public static func notifications(
        of userId: UUID, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<NotificationNote> {
        let rows = try session.all(NotificationQueries.list(userId: userId, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }
}
