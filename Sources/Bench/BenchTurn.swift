/// What one contender did in one round.
public struct BenchTurn: Codable, Sendable, Hashable {
    public let contender: String
    /// From 1.
    public let round: Int
    /// How many events waited.
    public let events: Int
    /// How many more the consumers have published meanwhile; they count where all lanes run, which are given those in the same turn.
    public let published: Int
    /// How often consumers were given one: where several read the same source, each counts.
    public let applied: Int
    /// Microseconds until all were applied.
    public let us: Int64
    /// Those of them until the contender had its second chunk, and how many events it had applied by then; `nil` where it does not tell.
    public let warmUs: Int64?
    public let warmEvents: Int?
    /// The contender's own.
    public let userUs: Int64?
    public let systemUs: Int64?
    /// Of the server and all its sessions.
    public let serverUs: Int64?
    public let peakMemoryKib: Int?
    public let chunks: LatencySummary?
    /// From commit to effect.
    public let latency: LatencySummary?

    /// Processor time of the contender; `nil` where it does not tell.
    public var processUs: Int64? { userUs.flatMap { user in systemUs.map { user + $0 } } }

    /// All that went through outboxes, each once.
    public var sourceEvents: Int { events + published }

    public var eventsPerSecond: Double { perSecond(sourceEvents) }

    /// Those alone that waited when the turn began.
    public var waitingEventsPerSecond: Double { perSecond(events) }

    private func perSecond(_ count: Int) -> Double { us > 0 ? Double(count) * 1_000_000 / Double(us) : 0 }

    /// From the second chunk on; `nil` where the contender does not tell.
    public var warmEventsPerSecond: Double? {
        guard let warmUs, let warmEvents, us > warmUs else { return nil }
        return Double(applied - warmEvents) * 1_000_000 / Double(us - warmUs)
    }
}
