public import FoundationEssentials
public import Kernel
public import Postgres

/// The dead letters of one lane, in the database of its consumer. Only the holder of the lane adds to them; operators retry and discard.
public struct DeadLetterStore: Sendable {
    public let consumer: String
    public let source: String

    public init(consumer: String, source: String) {
        self.consumer = consumer
        self.source = source
    }

    /// What a chunk leaves behind: stored in the transaction of its checkpoint.
    public struct Entry: Sendable {
        public let event: StoredEvent
        public let state: DeadLetter.State
        public let dueAt: Timestamp?
        public let fault: DeadLetter.Fault?

        /// An event that failed for the first time.
        ///
        /// - Parameter dueAt: when it is tried again; `nil` for never.
        public static func failed(_ event: StoredEvent, _ fault: DeadLetter.Fault, dueAt: Timestamp?) -> Entry {
            Entry(event: event, state: dueAt == nil ? .dead : .retrying, dueAt: dueAt, fault: fault)
        }

        /// An event behind one that failed.
        public static func parked(_ event: StoredEvent) -> Entry {
            Entry(event: event, state: .parked, dueAt: nil, fault: nil)
        }
    }

    /// - Returns: whether the lane has any letters.
    public func hasAny(in session: Session) throws -> Bool {
        try session.one(DeadLetterQueries.exists(consumer: consumer, source: source))
    }

    /// Which of the aggregates have letters, so that their next events have to wait behind those.
    public func blocked(among subjects: [UUID], in session: Session) throws -> Set<UUID> {
        Set(try session.all(DeadLetterQueries.blocked(subjects, consumer: consumer, source: source)))
    }

    /// In the order given.
    public func add(_ entries: [Entry], at now: Timestamp, in session: Session) throws {
        guard !entries.isEmpty else { return }
        try keepFirst(of: Set(entries.map(\.event.subject)).sorted(), in: session)
        try session.run(DeadLetterQueries.insert(entries, consumer: consumer, at: now, source: source))
    }

    /// Whoever takes out an aggregate's first letter lets the next one wait for nothing, and would not see one that is just being added.
    private func keepFirst(of subjects: [UUID], in session: Session) throws {
        var locked: Set<UUID> = []
        repeat {
            locked = Set(try session.all(DeadLetterQueries.lockFirst(of: subjects, consumer: consumer, source: source)))
            // One that was taken out meanwhile may have left another one first.
        } while try !blocked(among: subjects, in: session).isSubset(of: locked)
    }

    /// The letters of aggregates whose first one may be tried now: it is due, or what it waited for is gone. Locks them.
    ///
    /// - Parameter longest: the longest pause before another attempt. What is due later than that was written before the clock was set back,
    ///   and is ready too.
    /// - Returns: in order, at most `limit`, of each aggregate an equal share. Where there are more aggregates, those that were due first.
    public func ready(at now: Timestamp, longest: Duration, limit: Int, in session: Session) throws -> [DeadLetter] {
        let horizon = now.advanced(by: longest)
        return try session.all(DeadLetterQueries.ready(at: now, horizon: horizon, limit: limit, consumer: consumer, source: source))
    }

    /// When the first letter of some aggregate may be tried, which is at once where what it waited for is gone; `nil` where all are dead.
    public func nextAttempt(in session: Session) throws -> Timestamp? {
        try session.one(DeadLetterQueries.nextAttempt(consumer: consumer, source: source))
    }

    /// Takes out what has been applied. The turn of what waits behind it has come.
    public func remove(_ letters: [DeadLetter], in session: Session) throws {
        guard !letters.isEmpty else { return }
        try session.run(DeadLetterQueries.delete(letters.map(\.turn), consumer: consumer, source: source))
        try free(Set(letters.map(\.event.subject)).sorted(), in: session)
    }

    /// Lets the first letter of each of the aggregates wait for nothing, after those before it were taken out.
    func free(_ subjects: [UUID], in session: Session) throws {
        repeat {
            try session.run(DeadLetterQueries.free(subjects, consumer: consumer, source: source))
            // What was first may have been taken out by somebody else while this waited for it.
        } while try !session.all(DeadLetterQueries.held(among: subjects, consumer: consumer, source: source)).isEmpty
    }

    /// Records another failed attempt.
    ///
    /// - Parameter dueAt: `nil` makes it dead.
    public func failedAgain(_ letter: DeadLetter, _ fault: DeadLetter.Fault, dueAt: Timestamp?, at now: Timestamp, in session: Session)
        throws
    {
        try session.run(DeadLetterQueries.update(letter, fault, dueAt: dueAt, at: now))
    }

    public func count(in session: Session) throws -> DeadLetterCount {
        try session.one(DeadLetterQueries.count(consumer: consumer, source: source))
    }
}
