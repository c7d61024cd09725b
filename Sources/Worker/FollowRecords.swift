import Kernel
import Outbox
import Synchronization

/// What the lanes of a worker that follows have done so far.
final class ReportBoard: Sendable {
    private struct Entry {
        var report: LaneReport
        /// Looks at the lane since the last record of its consumer.
        var looks = 0
        /// The last record of its consumer says something else about it.
        var hasNews = false
        /// What was last told of it.
        var told = "level"
    }

    private let state: Mutex<[Entry]>
    private let tell: @Sendable (LaneNews) -> Void

    /// - Parameter tell: told of what happens to a lane, not of each look.
    init(_ reports: [LaneReport], tell: @escaping @Sendable (LaneNews) -> Void = { _ in }) {
        state = Mutex(reports.map { Entry(report: $0) })
        self.tell = tell
    }

    var reports: [LaneReport] { state.withLock { $0.map(\.report) } }

    func note(_ results: [LaneReport], at indices: [Int]) {
        let news = state.withLock { entries in
            zip(indices, results).filter { index, result in
                entries[index].report.events += result.events
                entries[index].report.outcome = result.outcome
                entries[index].looks += 1
                guard let sign = result.outcome.sign, sign != entries[index].told else { return false }
                entries[index].told = sign
                entries[index].hasNews = true
                return true
            }.map(\.1)
        }
        for hindrance in Hindrance.all(in: news.map { ($0.name, $0.outcome) }) { tell(.fails(hindrance)) }
        let free = news.filter { $0.outcome.failure == nil }.map(\.name)
        if !free.isEmpty { tell(.goesOn(names: free)) }
    }

    /// Takes in what has been counted.
    func noteDeadLetters(of counted: [LaneReport]) {
        let news = state.withLock { entries in
            counted.compactMap { lane -> LaneNews? in
                guard let index = entries.firstIndex(where: { $0.report.name == lane.name }) else { return nil }
                let before = entries[index].report.deadLetters.dead
                entries[index].report.deadLetters = lane.deadLetters
                return lane.deadLetters.dead > before ? .dead(lane: lane.name, lane.deadLetters.dead) : nil
            }
        }
        news.forEach(tell)
    }

    /// Whether the last record of a consumer is no longer true.
    func hasNews(of consumer: String) -> Bool {
        state.withLock { $0.contains { $0.report.consumer == consumer && $0.hasNews } }
    }

    /// - Returns: the lanes of a consumer; `nil` while one of them has not been looked at since this last returned any.
    func take(_ consumer: String) -> [LaneReport]? {
        state.withLock { entries in
            let own = entries.indices.filter { entries[$0].report.consumer == consumer }
            guard own.allSatisfy({ entries[$0].looks > 0 }) else { return nil }
            for index in own {
                entries[index].looks = 0
                entries[index].hasNews = false
            }
            return own.map { entries[$0].report }
        }
    }
}

/// What happens to lanes of a worker that follows.
public enum LaneNews: Sendable {
    /// Lanes, or timers, stand, or a database that they need is away.
    case fails(Hindrance)
    /// That is over for these.
    case goesOn(names: [String])
    /// So many of a lane's events are dead, and there were fewer.
    case dead(lane: String, Int64)
}

extension LaneReport.Outcome {
    /// Differs where there is something new to tell; `nil` where nothing can be said. While a database is away each look finds other words.
    fileprivate var sign: String? {
        switch self {
        case .level: name
        case .unavailable: name
        case .stopped(let failure): "stopped \(failure.code.name) \(failure.message)"
        case .interrupted, .locked: nil
        }
    }
}

/// Keeps `worker_runs` up to date while the worker follows: its "last run" ends whenever all lanes of a consumer have been looked at, once a
/// minute, and soon where a lane has come to stand or goes on. So the record of a worker that hangs, or is gone, grows old like that of a cron job
/// that no longer runs.
struct FollowRecords: Sendable {
    static let pause = Duration.seconds(60)

    let board: ReportBoard
    let lanes: [Lane]
    let recorder: RunRecorder
    let clock: any WallClock
    let stop: StopSignal
    let startedAt: Timestamp
    var pause = Self.pause

    /// Until the stop is requested. A record that cannot be written now is written in the next minute; the lanes of a database that is down
    /// have told.
    func keep() async {
        let consumers = recorder.consumers.map(\.name)
        var due = Dictionary(consumers.map { ($0, ContinuousClock.now) }) { first, _ in first }
        while !stop.isRequested, !Task.isCancelled {
            let chosen = due.filter { $0.value <= .now || board.hasNews(of: $0.key) }.keys
            // Side by side: one whose database says nothing keeps no other record waiting.
            await withDiscardingTaskGroup { group in
                for consumer in chosen {
                    guard let lanes = board.take(consumer) else { continue }
                    due[consumer] = .now + pause
                    group.addTask {
                        let counted = await counting(lanes)
                        board.noteDeadLetters(of: counted)
                        _ = await put(counted)
                    }
                }
            }
            let next = due.values.min().map { ContinuousClock.now.duration(to: $0) } ?? pause
            // What is due and has nothing to tell yet is asked again soon.
            await stop.sleep(for: min(max(next, min(pause, .milliseconds(200))), .seconds(1)))
        }
    }

    /// The last record of all. Before the lanes are released.
    ///
    /// - Returns: what the lanes have done, and why that could not be recorded.
    func end() async -> (lanes: [LaneReport], unrecorded: [Failure]) {
        let lanes = await counting(board.reports)
        return (lanes, await put(lanes))
    }

    private func counting(_ reports: [LaneReport]) async -> [LaneReport] {
        var reports = reports
        for index in reports.indices {
            guard let lane = lanes.first(where: { $0.name == reports[index].name }) else { continue }
            // A database that is down shows in the lane.
            reports[index].deadLetters = (try? await lane.deadLetterCount()) ?? reports[index].deadLetters
        }
        return reports
    }

    private func put(_ lanes: [LaneReport]) async -> [Failure] {
        let report = WorkerReport(lanes: lanes, passes: 0)
        return await recorder.put(RunRecord.records(of: report, from: startedAt, to: clock.now(), shares: true))
    }
}
