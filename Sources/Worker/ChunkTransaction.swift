import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// What happens to events inside the transaction of a lane.
struct ChunkTransaction: Sendable {
    let consumer: any Consumer
    let source: String
    let now: Timestamp
    let schedule: RetrySchedule
    let hasLetters: Bool
    /// Called before each part of a chunk that is applied in parts: each may take as long as a statement may.
    var beat: @Sendable () -> Void = {}
    /// False where an operator has said that the events are to blame, however many fail.
    var suspects = true
    /// False in a replay: what the consumer tells has been told.
    var publishes = true

    /// The dead letters that a chunk has left.
    struct Added: Sendable {
        var any = false
        /// When the first of them is tried again.
        var due: Timestamp?
    }

    private var letters: DeadLetterStore { DeadLetterStore(consumer: consumer.name, source: source) }
    private var context: ConsumerContext { ConsumerContext(now: now, isReplay: !publishes) }

    /// Applies a chunk whole. Events that have to wait behind dead letters join them.
    func applyTogether(_ events: [StoredEvent], in session: Session) throws -> Added {
        let blocked = try blocked(events, in: session)
        let application = ChunkApplication(events, of: source, to: consumer, blocked: blocked, context: context)
        try publish(try application.together(in: session), in: session)
        guard !blocked.isEmpty else { return Added() }
        let waiting = events.filter { blocked.contains($0.subject) && ChunkApplication.concerns(consumer, $0) }
        try letters.add(waiting.map(DeadLetterStore.Entry.parked), at: now, in: session)
        return Added(any: !waiting.isEmpty)
    }

    /// Applies what can be applied of a chunk that failed, and sets the rest aside.
    func applyBisecting(_ events: [StoredEvent], in session: Session) throws -> Added {
        var application = ChunkApplication(
            events, of: source, to: consumer, blocked: try blocked(events, in: session), context: context)
        application.suspects = suspects
        application.beat = beat
        let outcome = try application.bisecting(in: session)
        try publish(outcome.published, in: session)
        var added = Added()
        let entries = events.indices.compactMap { index -> DeadLetterStore.Entry? in
            if outcome.held.contains(index) { return .parked(events[index]) }
            guard let failure = outcome.failed[index] else { return nil }
            let due = due(afterAttempt: 1)
            added.due = [added.due, due].compactMap(\.self).min()
            return .failed(events[index], DeadLetter.Fault(failure), dueAt: due)
        }
        added.any = !entries.isEmpty
        try letters.add(entries, at: now, in: session)
        return added
    }

    /// Tries letters again, in their order.
    ///
    /// - Returns: how many took effect.
    func retry(_ waiting: [DeadLetter], in session: Session) throws -> Int {
        var application = ChunkApplication(waiting.map(\.event), of: source, to: consumer, blocked: [], context: context)
        application.suspects = false
        application.beat = beat
        let outcome = try application.bisecting(in: session)
        try publish(outcome.published, in: session)
        var applied: [DeadLetter] = []
        for (index, letter) in waiting.enumerated() {
            if let failure = outcome.failed[index] {
                let due = due(afterAttempt: letter.attempts + 1)
                try letters.failedAgain(letter, DeadLetter.Fault(failure), dueAt: due, at: now, in: session)
            } else if !outcome.held.contains(index) {
                applied.append(letter)
            }
        }
        try letters.remove(applied, in: session)
        return applied.count
    }

    private func blocked(_ events: [StoredEvent], in session: Session) throws -> Set<UUID> {
        hasLetters ? try letters.blocked(among: Array(Set(events.map(\.subject))), in: session) : []
    }

    private func publish(_ events: [PendingEvent], in session: Session) throws {
        guard publishes else { return }
        try Self.publish(events, of: consumer, at: now, in: session)
    }

    private func due(afterAttempt attempt: Int) -> Timestamp? {
        var random = SystemRandomNumberGenerator()
        return schedule.pause(afterAttempt: attempt, using: &random).map { now.advanced(by: $0) }
    }

    static func publish(_ events: [PendingEvent], of consumer: any Consumer, at now: Timestamp, in session: Session) throws {
        let context = OperationContext(now: now, actor: .service(consumer.name), correlationId: .version7(at: now))
        try OutboxWriter(service: consumer.service).append(events, in: session, context: context)
    }
}
