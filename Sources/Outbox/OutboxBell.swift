public import Postgres

/// Lets a reader sleep until something is appended to an outbox, at no cost to appends while nobody sleeps.
///
/// A commit that notifies takes a lock of the whole cluster, so appends notify only while somebody holds the sleep lock. The order keeps a
/// wake-up from being lost: listen, take the lock, look once more, then wait. What committed before the lock was taken shows in that look;
/// whoever appends later finds the lock taken and notifies.
public struct OutboxBell: Sendable {
    public init() {}

    /// Gets ready to be woken: listens, and tries for the session's hold on the sleep lock. No wait.
    ///
    /// - Returns: false while an append is in hand, or another reader sleeps on this outbox. In the latter case notifications come all the
    ///   same; in the former they may not, so poll soon and try again.
    public func arm(in session: Session) throws -> Bool {
        try session.listen(OutboxQueries.channel)
        return try session.one(OutboxQueries.trySleepLock())
    }

    /// Sleeps in poll(2); an append or a cancelled task ends it early.
    ///
    /// - Returns: whether an append has rung.
    public func wait(upTo limit: Duration, in session: Session) throws -> Bool {
        try session.notifications(waitingUpTo: limit).contains { $0.channel == OutboxQueries.channel }
    }

    /// Gives the lock back, so that appends stop notifying. Only after ``arm(in:)`` has returned true.
    public func disarm(in session: Session) throws {
        _ = try session.one(OutboxQueries.releaseSleepLock())
    }
}
