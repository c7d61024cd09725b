import Histogram
public import Kernel
public import Outbox
public import Postgres
import Synchronization

/// What the consumers of a run were given, and when.
public final class Probe: Sendable {
    struct Readings: Sendable {
        var events = 0
        /// When the second chunk was there, and how many events the first had: by then the servers' sessions know their tables and statements.
        var warm: (at: ContinuousClock.Instant, events: Int)?
        var positions: Int64 = 0
        var turns: [String: ContinuousClock.Instant] = [:]
        /// Microseconds from one chunk of a lane to the next.
        var chunks = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    }

    private let state = Mutex(Readings())

    public init() {}

    var readings: Readings { state.withLock(\.self) }

    func noteChunk(_ chunk: EventChunk, of consumer: String) {
        let now = ContinuousClock.now
        state.withLock { readings in
            if readings.warm == nil, readings.events > 0 { readings.warm = (now, readings.events) }
            readings.events += chunk.events.count
            for event in chunk.events { readings.positions &+= event.position }
            let lane = "\(consumer)<\(chunk.source)"
            if let before = readings.turns.updateValue(now, forKey: lane) {
                readings.chunks.record(UInt64(max(0, before.duration(to: now) / .microseconds(1))))
            }
        }
    }
}

/// A consumer under observation.
public struct ProbedConsumer: Consumer {
    private let consumer: any Consumer
    private let probe: Probe
    public let settles: Bool

    /// - Parameter settles: whether the consumer does what it does beside and behind its lanes, too.
    public init(_ consumer: any Consumer, probe: Probe, settles: Bool) {
        self.consumer = consumer
        self.probe = probe
        self.settles = settles && consumer.settles
    }

    public var name: String { consumer.name }
    public var service: String { consumer.service }
    public var sources: [String] { consumer.sources }
    public var understands: [EventType]? { consumer.understands }

    public func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        probe.noteChunk(chunk, of: name)
        return try consumer.apply(chunk, in: session, context: context)
    }

    public func settle(in session: Session, context: ConsumerContext) throws -> Settlement {
        try consumer.settle(in: session, context: context)
    }
}
