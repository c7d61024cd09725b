import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// Applies events so that those at fault are found and set aside, with what has to wait behind them, and all others take effect.
struct ChunkApplication {
    /// A lane stops where at least so many aggregates would be set aside, and they are at least half of all.
    static let suspicious = 20
    /// How often an event has to run out of time by itself before it is to blame.
    static let timeoutsToBlame = 3

    struct Outcome {
        var published: [PendingEvent] = []
        var failed: [Int: Failure] = [:]
        /// Behind a failed one, or behind an earlier letter of their aggregate.
        var held: Set<Int> = []
    }

    let consumer: any Consumer
    let source: String
    let context: ConsumerContext

    /// Whether many failures are a reason to stop. Not where the events have failed before, or somebody has said that they are to blame.
    var suspects = true
    /// Called before each part.
    var beat: @Sendable () -> Void = {}

    private let events: [StoredEvent]
    private var blocked: Set<UUID>
    private var outcome = Outcome()
    /// Events that have run out of time by themselves, and the last such error.
    private var timedOut = 0
    private var timeout: (any Error)?
    /// Some part has come to an end, so that the database does answer.
    private var hasAnswer = false

    /// - Parameter blocked: aggregates whose events have to wait in any case.
    init(_ events: [StoredEvent], of source: String, to consumer: any Consumer, blocked: Set<UUID>, context: ConsumerContext) {
        self.events = events
        self.source = source
        self.consumer = consumer
        self.blocked = blocked
        self.context = context
    }

    /// Whether it makes a difference to the consumer when, or whether, it sees the event.
    static func concerns(_ consumer: any Consumer, _ event: StoredEvent) -> Bool {
        guard let type = event.eventType else { return true }
        return consumer.understands == nil || consumer.known(type.name) != nil
    }

    /// Applies all that is not blocked at once.
    func together(in session: Session) throws -> [PendingEvent] {
        let chosen = blocked.isEmpty ? events : events.filter { !blocked.contains($0.subject) }
        return chosen.isEmpty ? [] : try consumer.apply(EventChunk(source: source, events: chosen), in: session, context: context)
    }

    /// Halves what fails until the events at fault stand alone. Each part is a savepoint of the caller's transaction.
    ///
    /// - Throws: ``LaneStop`` where too many fail or the consumer cannot do without any; what is nobody's fault.
    mutating func bisecting(in session: Session) throws -> Outcome {
        try apply(events.indices, in: session)
        if timedOut > 1, !hasAnswer, let timeout { throw timeout }
        return outcome
    }

    private mutating func apply(_ range: Range<Int>, in session: Session) throws {
        var chosen: [Int] = []
        for index in range {
            if !blocked.contains(events[index].subject) {
                chosen.append(index)
            } else if Self.concerns(consumer, events[index]) {
                outcome.held.insert(index)
            }
        }
        guard !chosen.isEmpty else { return }
        beat()
        do {
            let chunk = EventChunk(source: source, events: chosen.map { events[$0] })
            outcome.published += try session.savepoint { try consumer.apply(chunk, in: session, context: context) }
            hasAnswer = true
        } catch {
            guard let failure = EventFault.failure(in: error) else { throw error }
            let isOpaque = consumer.understands == nil
            if isOpaque, EventFault.isTimeout(error) { throw error }
            guard chosen.count > 1 else {
                if isOpaque {
                    let event = events[chosen[0]]
                    throw LaneStop.opaqueEventRefused(event.id, position: event.position, DeadLetter.Fault(failure))
                }
                if EventFault.isTimeout(error) { return try repeatAlone(chosen[0], in: session) }
                hasAnswer = true
                return try setAside(chosen[0], failure)
            }
            let middle = range.lowerBound + range.count / 2
            try apply(range.lowerBound..<middle, in: session)
            try apply(middle..<range.upperBound, in: session)
        }
    }

    /// Tries an event that has run out of time by itself until that is no accident any more.
    private mutating func repeatAlone(_ index: Int, in session: Session) throws {
        let chunk = EventChunk(source: source, events: [events[index]])
        for attempt in 2...Self.timeoutsToBlame {
            beat()
            do {
                outcome.published += try session.savepoint { try consumer.apply(chunk, in: session, context: context) }
                hasAnswer = true
                return
            } catch {
                guard let failure = EventFault.failure(in: error) else { throw error }
                if EventFault.isTimeout(error) {
                    timeout = error
                    guard attempt == Self.timeoutsToBlame else { continue }
                    timedOut += 1
                    // One after the other, and nothing has come to an end: then it is the database.
                    if timedOut >= Self.timeoutsToBlame, !hasAnswer { throw error }
                } else {
                    hasAnswer = true
                }
                return try setAside(index, failure)
            }
        }
    }

    private mutating func setAside(_ index: Int, _ failure: Failure) throws {
        outcome.failed[index] = failure
        blocked.insert(events[index].subject)
        guard suspects, outcome.failed.count >= Self.suspicious else { return }
        let concerned = events.lazy.filter { [consumer] in Self.concerns(consumer, $0) }.map(\.subject)
        let aggregates = Set(concerned).count
        if outcome.failed.count * 2 >= aggregates {
            throw LaneStop.tooManyFailures(
                consumer: consumer.name, aggregates: outcome.failed.count, events: events.count,
                first: DeadLetter.Fault(outcome.failed.min { $0.key < $1.key }?.value ?? failure))
        }
    }
}
