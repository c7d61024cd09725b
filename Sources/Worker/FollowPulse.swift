import Synchronization

/// Shows that the lanes of ``WorkerRun/untilStopped(pulse:)`` are alive: each is heard of when its source was looked at, and after each of its
/// chunks. One that hangs falls silent.
public final class FollowPulse: Sendable {
    private let beats = Mutex<[String: ContinuousClock.Instant?]>([:])

    public init() {}

    func expect(_ lanes: [String]) {
        beats.withLock { $0 = Dictionary(lanes.map { ($0, nil) }) { first, _ in first } }
    }

    func beat(_ lane: String) {
        beats.withLock { $0[lane] = .some(.now) }
    }

    /// Whether every lane has been looked at once.
    public var isReady: Bool {
        beats.withLock { beats in !beats.isEmpty && beats.values.allSatisfy { $0 != nil } }
    }

    /// Whether every lane has been heard of within the time.
    public func isAlive(within limit: Duration) -> Bool {
        let oldest = ContinuousClock.now - limit
        return beats.withLock { beats in beats.values.allSatisfy { $0.map { $0 >= oldest } ?? false } }
    }
}
