import Synchronization

/// The connections that lanes may hold at the same time, given out in the order in which they are asked for.
final class LanePlaces: Sendable {
    private struct State {
        var free: Int
        var queue: [Int] = []
        var tickets = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Queues up. Whoever does must ``claim(_:)`` until that succeeds, or ``leave(_:)``.
    func join() -> Int {
        state.withLock { state in
            state.tickets += 1
            state.queue.append(state.tickets)
            return state.tickets
        }
    }

    /// - Returns: whether the place is the caller's now, who has to give it back.
    func claim(_ ticket: Int) -> Bool {
        state.withLock { state in
            guard let index = state.queue.firstIndex(of: ticket), index < state.free else { return false }
            state.queue.remove(at: index)
            state.free -= 1
            return true
        }
    }

    func leave(_ ticket: Int) {
        state.withLock { $0.queue.removeAll { $0 == ticket } }
    }

    func giveBack() {
        state.withLock { $0.free += 1 }
    }

    /// Waits for a place, which the caller has to give back.
    ///
    /// - Parameter beat: called as long as there is none.
    /// - Returns: false where the run is to stop before there is one.
    func wait(_ settings: LaneSettings, beat: @Sendable () -> Void = {}) async -> Bool {
        let ticket = join()
        while !claim(ticket) {
            guard !settings.shouldStop() else {
                leave(ticket)
                return false
            }
            beat()
            await settings.stop.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// Whether somebody waits for a place that others hold.
    var isContended: Bool {
        state.withLock { $0.queue.count > $0.free }
    }
}
