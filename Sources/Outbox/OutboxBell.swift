public import Postgres

/// Lets a reader sleep until something is appended to an outbox, at no cost to appends while nobody sleeps.
///
/// A commit that notifies takes a lock of the whole cluster, so appends notify only while somebody holds the sleep lock. The order keeps a
/// wake-up from being lost: listen, take the lock, look once more, then wait. What committed before the lock was taken shows in that look;
/// whoever appends later finds the lock taken and notifies.
public struct OutboxBell: Sendable {
    public init() {}

    /// Makes the session hear the bell, also while another reader holds it. Once, and before ``arming``: it takes effect with its commit.
    public func listen(in session: Session) throws {
        try session.listen(OutboxQueries.channel)
    }

    /// Tries for the session's hold on the sleep lock, without waiting. May share a round trip with the look that has to follow.
    ///
    /// False while an append is in hand, or another reader sleeps on this outbox. In the latter case notifications come all the same; in the
    /// former they may not, so poll soon and try again.
    public var arming: Query<Bool> { OutboxQueries.trySleepLock() }

    /// Gives the lock back, so that appends stop notifying. Only after ``arming`` has returned true.
    public var disarming: Query<Bool> { OutboxQueries.releaseSleepLock() }

    /// ``listen(in:)`` and ``arming``.
    public func arm(in session: Session) throws -> Bool {
        try listen(in: session)
        return try session.one(arming)
    }

    /// Sleeps in poll(2); an append or a cancelled task ends it early.
    ///
    /// - Returns: whether an append has rung.
    public func wait(upTo limit: Duration, in session: Session) throws -> Bool {
        try session.notifications(waitingUpTo: limit).contains { $0.channel == OutboxQueries.channel }
    }

    public func disarm(in session: Session) throws {
        _ = try session.one(disarming)
    }
}
