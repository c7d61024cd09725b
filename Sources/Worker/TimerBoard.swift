import Kernel
import Synchronization

/// What the timers of a worker that follows have done so far.
final class TimerBoard: Sendable {
    private struct Entry {
        var report: TimerReport
        /// What was last told of it.
        var told: String?
    }

    private let state: Mutex<[Entry]>
    private let tell: @Sendable (LaneNews) -> Void

    /// - Parameter tell: told where something comes to fail or goes on, not of each look.
    init(_ timed: [TimedService], tell: @escaping @Sendable (LaneNews) -> Void) {
        state = Mutex(timed.map { Entry(report: TimerReport(service: $0.service)) })
        self.tell = tell
    }

    var reports: [TimerReport] { state.withLock { $0.map(\.report) } }

    func note(_ result: TimerReport, at index: Int) {
        let news = state.withLock { entries -> LaneNews? in
            let done = entries[index].report.done
            entries[index].report = result
            entries[index].report.done += done
            let sign = result.failure?.code.name
            guard sign != entries[index].told else { return nil }
            entries[index].told = sign
            guard let failure = result.failure else { return .goesOn(names: [result.name]) }
            return .fails(Hindrance(names: [result.name], failure: failure, isStanding: result.outcome.unavailability == nil))
        }
        if let news { tell(news) }
    }
}
