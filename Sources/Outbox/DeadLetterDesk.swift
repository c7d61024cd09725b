public import FoundationEssentials
public import Kernel
public import Postgres

/// What operators see of dead letters, and do about them, in the database of one service: of all its consumers.
public enum DeadLetterDesk {
    /// How many of the letters behind one are shown with it.
    static let behindShown = 20

    /// The letters behind a place in the list, oldest first.
    ///
    /// - Returns: at most `limit`, in the order of their cursors.
    public static func list(
        _ filter: DeadLetterFilter, after cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> [DeadLetterSummary] {
        try session.all(DeadLetterDeskQueries.page(filter, after: cursor, limit: limit))
    }

    /// All letters that match, in the order of the lanes.
    public static func find(_ filter: DeadLetterFilter, in session: Session) throws -> [DeadLetterSummary] {
        try session.all(DeadLetterDeskQueries.summaries(matching: filter))
    }

    /// Everything about an event, for each consumer that has set it aside.
    public static func details(of id: UUID, consumer: String?, in session: Session) throws -> [DeadLetterDetail] {
        var filter = DeadLetterFilter()
        filter.ids = [id]
        filter.consumer = consumer
        let (letters, summaries, behind) = try session.pipeline(
            DeadLetterDeskQueries.letters(id: id, consumer: consumer), DeadLetterDeskQueries.summaries(matching: filter),
            DeadLetterDeskQueries.behind(id: id, consumer: consumer, limit: behindShown))
        let waiting = Dictionary(grouping: behind.rows, by: \.turn)
        let summary = Dictionary(summaries.rows.map { ($0.turn, $0) }) { first, _ in first }
        return letters.rows.compactMap { letter in
            summary[letter.turn].map {
                DeadLetterDetail(letter: letter, summary: $0, behind: waiting[letter.turn, default: []].map(\.waiting))
            }
        }
    }

    /// - Throws: ``DeadLetterError/parked(_:behind:)`` where one of the letters waits for another one.
    public static func refuseParked(_ letters: [DeadLetterSummary]) throws(DeadLetterError) {
        for letter in letters {
            if let head = letter.waitsFor { throw .parked(letter, behind: head) }
        }
    }

    /// Makes letters due now, with all their attempts before them. What waits behind them follows, in order, once they are applied.
    ///
    /// Waits for a lane that tries them at this moment. A letter that is due already, or waits for nothing but the next run, stays as it is.
    ///
    /// - Throws: ``DeadLetterError``: where an id of the filter has no letter (any more), or one that is parked.
    public static func retry(_ filter: DeadLetterFilter, at now: Timestamp, in session: Session) throws -> Change<DeadLetterRetry> {
        let letters = try take(filter, forGood: false, in: session)
        try refuseParked(letters)
        let chosen = letters.filter { letter in
            letter.state == .dead || letter.state == .retrying && (letter.attempts > 0 || letter.dueAt.map { $0 > now } ?? true)
        }
        try session.run(DeadLetterDeskQueries.makeDue(chosen.map(key), at: now))
        let changed = chosen.map { letter in
            var letter = letter
            letter.state = .retrying
            letter.attempts = 0
            letter.dueAt = now
            return letter
        }
        return Change(
            DeadLetterRetry(retried: changed.count, unchanged: letters.count - changed.count, letters: changed),
            rows: try changed.map { try ChangedRow(.update, "dead_letters", $0) })
    }

    /// Takes letters out for good, unapplied. What waits behind them is tried by the next run of the worker.
    ///
    /// Waits for a lane that tries them at this moment.
    ///
    /// - Throws: ``DeadLetterError`` where an id of the filter has no letter (any more).
    public static func discard(_ filter: DeadLetterFilter, in session: Session) throws -> Change<DeadLetterDiscard> {
        let letters = try take(filter, forGood: true, in: session)
        try session.run(DeadLetterDeskQueries.delete(letters.map(key)))
        for (lane, letters) in Dictionary(grouping: letters, by: { [$0.consumer, $0.source] }).sorted(by: {
            $0.key.lexicographicallyPrecedes($1.key)
        }) {
            try DeadLetterStore(consumer: lane[0], source: lane[1]).free(Set(letters.map(\.subject)).sorted(), in: session)
        }
        let totals = try session.all(DeadLetterDeskQueries.countDiscards(letters.map(\.id)))
        var sequences = Dictionary(uniqueKeysWithValues: totals.map { ($0.eventId, $0.total) })
        for letter in letters { sequences[letter.id, default: 0] -= 1 }
        let events = try letters.map { letter in
            sequences[letter.id, default: 0] += 1
            let event = LetterDiscarded(
                consumer: letter.consumer, source: letter.source, eventId: letter.id, eventType: letter.type, attempts: letter.attempts)
            return try PendingEvent(
                event, subject: letter.id, sequence: sequences[letter.id, default: 1], organization: letter.organizationId)
        }
        return Change(
            DeadLetterDiscard(discarded: letters.count, letters: letters),
            rows: try letters.map { try ChangedRow(.delete, "dead_letters", $0) }, events: events)
    }

    /// Locks the letters, then looks at them: a lane that held them may have changed them, or have taken away what they waited for.
    ///
    /// - Parameter forGood: they are taken out. Otherwise lanes may add letters behind them meanwhile.
    private static func take(_ filter: DeadLetterFilter, forGood: Bool, in session: Session) throws -> [DeadLetterSummary] {
        let keys = try session.all(DeadLetterDeskQueries.lock(filter, forGood: forGood))
        let letters = keys.isEmpty ? [] : try session.all(DeadLetterDeskQueries.summaries(keys))
        let missing = Set(filter.ids ?? []).subtracting(letters.map(\.id))
        guard missing.isEmpty else { throw DeadLetterError.unknown(missing.sorted(), consumer: filter.consumer) }
        return letters
    }

    private static func key(_ letter: DeadLetterSummary) -> DeadLetterDeskQueries.Key {
        DeadLetterDeskQueries.Key(consumer: letter.consumer, source: letter.source, turn: letter.turn)
    }
}

/// What `dlq retry` did.
public struct DeadLetterRetry: Sendable, Hashable, Codable {
    public let retried: Int
    /// Those that were due already.
    public let unchanged: Int
    /// Those that are due now and were not before.
    public let letters: [DeadLetterSummary]

    public init(retried: Int, unchanged: Int, letters: [DeadLetterSummary]) {
        self.retried = retried
        self.unchanged = unchanged
        self.letters = letters
    }
}

/// What `dlq discard` did.
public struct DeadLetterDiscard: Sendable, Hashable, Codable {
    public let discarded: Int
    /// As they were.
    public let letters: [DeadLetterSummary]

    public init(discarded: Int, letters: [DeadLetterSummary]) {
        self.discarded = discarded
        self.letters = letters
    }
}
