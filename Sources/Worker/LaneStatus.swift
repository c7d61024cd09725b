public import Kernel
public import Outbox

/// Where a lane stands, as `worker status` shows it.
public struct LaneStatus: Sendable, Codable, Hashable {
    public enum State: String, Sendable, Codable {
        case level, behind
        /// The last run left it standing until somebody acts, or that is what a run would do now.
        case stopped
        /// A database could not be asked.
        case unavailable
    }

    public let consumer: String
    public let source: String
    public internal(set) var state: State
    /// Committed events that are not applied yet; `nil` where a database could not be asked.
    public internal(set) var behind: Int64?
    /// When the oldest of those happened.
    public internal(set) var oldest: Timestamp?
    /// The last position applied.
    public internal(set) var position: Int64?
    /// Events applied since the lane began.
    public internal(set) var applied: Int64?
    /// Who holds the lane's lock: the server's name for the session.
    public internal(set) var lockedBy: String?
    /// Why a database could not be asked.
    public internal(set) var error: String?
    /// How long ago the oldest event that is not applied happened.
    public internal(set) var oldestAgeMs: Int64?
    /// Applied per second since the look before this one; `nil` at the first.
    public internal(set) var eventsPerSecond: Double?
    public internal(set) var holder: LaneHolder?
    /// Events that the lane has set aside; `nil` where the database could not be asked.
    public internal(set) var deadLetters: DeadLetterCount?
    /// What the newest of those that were tried met.
    public internal(set) var deadLetterError: String?
    /// The last run of the consumer; `nil` where there was none.
    public internal(set) var lastRun: RunRecord?
    /// In the server of the source; `nil` where nobody writes.
    public internal(set) var oldestWriter: OpenWriter?

    init(consumer: String, source: String) {
        self.consumer = consumer
        self.source = source
        state = .unavailable
    }

    /// What people call the lane: `billing<organization`.
    public var name: String { "\(consumer)<\(source)" }

    /// What the last run met on this very lane; `nil` where that was nothing.
    public var lastError: String? { lastRun?.lanes.first { $0.source == source }?.error }
}
