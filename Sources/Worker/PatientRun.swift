public import Kernel
public import Outbox
import Postgres

/// Runs of the worker one after the other, until no other run holds a lane.
public struct PatientRun: Sendable {
    /// How often a lane that another holds is looked at.
    private static let pause = Duration.milliseconds(200)

    private let consumers: [any Consumer]
    private let timed: [TimedService]
    private let databases: any WorkerDatabases
    private let clock: any WallClock
    private let stop: StopSignal
    private let deadline: ContinuousClock.Instant?
    private let maxConnections: Int?
    private let parksAll: Bool

    /// - Parameter stop: ends the waiting, and a run after the chunk in hand.
    /// - Parameter maxRuntime: from now on, for all runs and the waiting together; `nil` for no limit.
    /// - Parameter maxConnections: as ``WorkerRun`` has it, like `parksAll`.
    public init(
        consumers: [any Consumer], timed: [TimedService] = [], databases: any WorkerDatabases, clock: any WallClock,
        stop: StopSignal = StopSignal(), maxRuntime: Duration? = nil, maxConnections: Int? = nil, parksAll: Bool = false
    ) {
        self.consumers = consumers
        self.timed = timed
        self.databases = databases
        self.clock = clock
        self.stop = stop
        deadline = maxRuntime.map { ContinuousClock.now + $0 }
        self.maxConnections = maxConnections
        self.parksAll = parksAll
    }

    /// - Returns: what all runs together did. Lanes are still `locked` in it where time was up, or `stop` was requested, before they were free.
    public func untilLevel() async -> WorkerReport {
        var report = await run()
        while report.lanes.contains(where: \.outcome.isLocked), await oneIsFree(of: report.lockedLanes) {
            report.add(await run())
        }
        return report
    }

    /// All lanes again: what the ones that were held publish is for the others.
    private func run() async -> WorkerReport {
        let rest = deadline.map { max(.zero, $0 - ContinuousClock.now) }
        return await WorkerRun(
            consumers: consumers, timed: timed, databases: databases, clock: clock, stop: stop, maxRuntime: rest,
            maxConnections: maxConnections, parksAll: parksAll
        ).untilLevel()
    }

    private var mayWait: Bool {
        !stop.isRequested && !Task.isCancelled && deadline.map { ContinuousClock.now < $0 } ?? true
    }

    /// Waits until a lane is held by nobody, or cannot be asked for: then a run says why.
    ///
    /// - Returns: false where waiting has come to its end before.
    private func oneIsFree(of lanes: [LaneReport]) async -> Bool {
        let holders = LaneHolders(consumers: consumers, databases: databases)
        var isFree = false
        while mayWait && !isFree {
            do {
                for lane in lanes where try await holders.holder(of: lane) == nil { isFree = true }
                if !isFree { try await Task.sleep(for: Self.pause) }
            } catch {
                isFree = true
            }
        }
        await holders.close()
        return isFree && mayWait
    }
}

extension WorkerReport {
    /// Those that another run held to the end.
    public var lockedLanes: [LaneReport] { lanes.filter(\.outcome.isLocked) }

    fileprivate mutating func add(_ later: WorkerReport) {
        passes += later.passes
        withoutRoom = later.withoutRoom
        let done = Dictionary(timers.map { ($0.service, $0.done) }) { $0 + $1 }
        timers = later.timers
        for index in timers.indices { timers[index].done += done[timers[index].service] ?? 0 }
        let before = Dictionary(lanes.map { ($0.name, $0.events) }) { $0 + $1 }
        let added = later.lanes.map { lane -> LaneReport in
            var lane = lane
            lane.events += before[lane.name] ?? 0
            return lane
        }
        lanes = added
    }
}
