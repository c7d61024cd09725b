import CommandKit
import Kernel
import Outbox
import Worker

/// A run of the worker and all that belongs to it: what to do about locked lanes, the record in the databases, and what to tell.
struct RecordedRun: Sendable {
    let consumers: [any Consumer]
    let timed: [TimedService]
    let databases: any WorkerDatabases
    let clock: any WallClock
    let ifLocked: LockPolicy
    let maxRuntime: Duration?
    let maxConnections: Int?
    let parksAll: Bool
    let stop: StopSignal

    struct Ending: Sendable {
        let report: WorkerReport
        let endedAt: Timestamp
        let duration: Duration
        /// What is to end the command; `nil` where it has done what it was told to.
        let failure: Failure?
    }

    /// `maxRuntime` counts from here.
    func untilLevel() async -> Ending {
        let (startedAt, began) = (clock.now(), ContinuousClock.now)
        var report: WorkerReport
        switch ifLocked {
        case .wait:
            report = await PatientRun(
                consumers: consumers, timed: timed, databases: databases, clock: clock, stop: stop, maxRuntime: maxRuntime,
                maxConnections: maxConnections, parksAll: parksAll
            ).untilLevel()
            // Several runs, which count as one.
            report.unrecorded = await RunLog(consumers: consumers, databases: databases).record(report, from: startedAt, to: clock.now())
        case .skip, .fail:
            report = await WorkerRun(
                consumers: consumers, timed: timed, databases: databases, clock: clock, stop: stop, maxRuntime: maxRuntime,
                maxConnections: maxConnections, parksAll: parksAll, isRecorded: true
            ).untilLevel()
        }
        let (endedAt, duration) = (clock.now(), ContinuousClock.now - began)
        let held = ifLocked == .skip ? [] : await linesAboutLocks(of: report)
        return Ending(report: report, endedAt: endedAt, duration: duration, failure: Self.failure(of: report, held: held))
    }

    /// Runs until the task is cancelled; records are written meanwhile.
    func untilStopped(_ manager: ServiceManager?, tell: @escaping @Sendable (String) -> Void) async -> Ending {
        let began = ContinuousClock.now
        let worker = WorkerRun(
            consumers: consumers, timed: timed, databases: databases, clock: clock, stop: stop, maxRuntime: maxRuntime,
            maxConnections: maxConnections, isRecorded: true)
        let report = await FollowingRun(worker: worker, stop: stop, manager: manager, tell: tell).run()
        return Ending(
            report: report, endedAt: clock.now(), duration: ContinuousClock.now - began, failure: Self.failure(of: report, held: []))
    }

    /// A lane that needs somebody comes before one that is held, and both before a record that is missing.
    private static func failure(of report: WorkerReport, held: [String]) -> Failure? {
        let notes = report.unrecorded.map { "the run could not be recorded: \($0.message)" }
        if let failure = report.failure {
            let (message, lines) = account(of: report, failing: failure)
            return Failure(failure.code, message, hint: failure.hint, details: lines + held + notes + failure.details)
        }
        if !held.isEmpty {
            return Failure(
                ErrorCode("LANES_LOCKED", .tryAgain), "\(held.count) \(held.count == 1 ? "lane is" : "lanes are") held by another run",
                hint: "saasctl worker status", details: held + notes)
        }
        guard let first = report.unrecorded.first else { return nil }
        return Failure(
            first.code, "the run is done, but could not be recorded: \(first.message)", hint: first.hint, details: first.details)
    }

    /// - Parameter failure: the worst of what the run has met.
    /// - Returns: its message with what it keeps back, and a line for everything that somebody has to know besides.
    private static func account(of report: WorkerReport, failing failure: Failure) -> (message: String, lines: [String]) {
        let outcomes = report.lanes.map { ($0.name, $0.outcome) } + report.timers.map { ($0.name, $0.outcome) }
        let hindrances = Hindrance.all(in: outcomes)
        let isForAll = report.lanes.count > 1 && report.lanes.allSatisfy { $0.outcome.unavailability != nil }
        let dead = report.lanes.filter { $0.deadLetters.dead > 0 }
            .map { "\($0.name) has \(DeadLetterCount.deadEvents($0.deadLetters.dead))" }
        let timers = report.timers.compactMap { timer -> String? in
            guard timer.outcome.failure == nil, let failing = timer.failure, failing.message != failure.message else { return nil }
            return "\(timer.name): \(failing.message)"
        }
        if hindrances.isEmpty { return (failure.message, dead + timers) }
        if isForAll { return ("no lane can run: \(failure.message)", (hindrances.count > 1 ? hindrances.map(\.text) : []) + dead + timers) }
        if hindrances.count == 1 { return (hindrances[0].text, dead + timers) }
        return ("not all lanes are level: \(failure.message)", hindrances.map(\.text) + dead + timers)
    }

    /// `billing<organization is held by saasctl worker (4711)`, one line for each lane that another run has.
    private func linesAboutLocks(of report: WorkerReport) async -> [String] {
        let holders = LaneHolders(consumers: consumers, databases: databases)
        var lines: [String] = []
        for lane in report.lockedLanes {
            do {
                let holder = try await holders.holder(of: lane)
                lines.append("\(lane.name) \(holder.map { "is held by \($0)" } ?? "was held by another run that has let go of it")")
            } catch {
                lines.append(
                    "\(lane.name) is held by another run; who that is cannot be told: \(Application.failures.failure(for: error).message)")
            }
        }
        await holders.close()
        return lines
    }
}
