import Synchronization

/// Shows that the lanes of ``WorkerRun/untilStopped(pulse:)`` are alive: each is heard of when its source was looked at, and after each of its
/// chunks. One that hangs falls silent.
public final class FollowPulse: Sendable {
    private struct Beats {
        var count = 0
        var last: ContinuousClock.Instant?
    }

    private let lanes = Mutex<[String: Beats]>([:])

    public init() {}

    func expect(_ names: [String]) {
        lanes.withLock { $0 = Dictionary(names.map { ($0, Beats()) }) { first, _ in first } }
    }

    func beat(_ lane: String) {
        lanes.withLock { lanes in
            lanes[lane, default: Beats()].count += 1
            lanes[lane]?.last = .now
        }
    }

    /// How often a lane was heard of.
    func beats(of lane: String) -> Int {
        lanes.withLock { $0[lane]?.count ?? 0 }
    }

    /// Whether every lane has been looked at once.
    public var isReady: Bool {
        lanes.withLock { lanes in !lanes.isEmpty && lanes.values.allSatisfy { $0.last != nil } }
    }

    /// Whether every lane has been heard of within the time.
    public func isAlive(within limit: Duration) -> Bool {
        let oldest = ContinuousClock.now - limit
        return lanes.withLock { lanes in lanes.values.allSatisfy { $0.last.map { $0 >= oldest } ?? false } }
    }
}
