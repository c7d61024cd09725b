import Kernel
import Outbox
import Synchronization

/// What the lanes of a worker that follows have done so far.
final class ReportBoard: Sendable {
    private struct Entry {
        var report: LaneReport
        /// Looks at the lane since the last record of its consumer.
        var looks = 0
    }

    private let state: Mutex<[Entry]>

    init(_ reports: [LaneReport]) {
        state = Mutex(reports.map { Entry(report: $0) })
    }

    var reports: [LaneReport] { state.withLock { $0.map(\.report) } }

    func note(_ results: [LaneReport], at indices: [Int]) {
        state.withLock { entries in
            for (index, result) in zip(indices, results) {
                entries[index].report.events += result.events
                entries[index].report.outcome = result.outcome
                entries[index].looks += 1
            }
        }
    }

    /// - Returns: the lanes of a consumer; `nil` while one of them has not been looked at since this last returned any.
    func take(_ consumer: String) -> [LaneReport]? {
        state.withLock { entries in
            let own = entries.indices.filter { entries[$0].report.consumer == consumer }
            guard own.allSatisfy({ entries[$0].looks > 0 }) else { return nil }
            for index in own { entries[index].looks = 0 }
            return own.map { entries[$0].report }
        }
    }
}

/// Keeps `worker_runs` up to date while the worker follows: its "last run" ends whenever all lanes of a consumer have been looked at, at most
/// once a minute. So the record of a worker that hangs, or is gone, grows old like that of a cron job that no longer runs.
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
            for (consumer, time) in due where time <= .now {
                guard let lanes = board.take(consumer) else { continue }
                _ = await put(await counting(lanes))
                due[consumer] = .now + pause
            }
            let next = due.values.min().map { ContinuousClock.now.duration(to: $0) } ?? pause
            // What is due and has nothing to tell yet is asked again soon.
            await stop.sleep(for: max(next, min(pause, .milliseconds(200))))
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
