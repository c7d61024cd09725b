public import Kernel
public import Outbox
import Postgres

/// One run of the worker over the lanes of some consumers.
public struct WorkerRun: Sendable {
    let consumers: [any Consumer]
    let timed: [TimedService]
    let databases: any WorkerDatabases
    let clock: any WallClock
    let stop: StopSignal
    private let deadline: ContinuousClock.Instant?
    let schedule: RetrySchedule
    let statementTimeout: Duration?
    let maxConnections: Int?
    let parksAll: Bool
    let isRecorded: Bool
    /// How often one that follows looks at a source whose bell does not ring: the safety net.
    var poll = Duration.seconds(1)

    /// - Parameter consumers: whose lanes to run.
    /// - Parameter timed: the services whose timers to run.
    /// - Parameter stop: ends the run after the chunk in hand.
    /// - Parameter maxRuntime: no chunk is begun after so long; `nil` for no limit.
    /// - Parameter schedule: when events that failed are tried again.
    /// - Parameter statementTimeout: for each statement of a consumer; `nil` leaves what `databases` has set.
    /// - Parameter maxConnections: at most so many at the same time, but never fewer than ``leastConnections(of:following:)``; `nil` for what
    ///   lets all lanes work at once.
    /// - Parameter parksAll: set aside events that fail, however many they are; otherwise a lane stands where most of a chunk fails.
    /// - Parameter isRecorded: leave in the databases how the run ended, as ``RunLog`` does.
    public init(
        consumers: [any Consumer], timed: [TimedService] = [], databases: any WorkerDatabases, clock: any WallClock,
        stop: StopSignal = StopSignal(), maxRuntime: Duration? = nil, schedule: RetrySchedule = .standard,
        statementTimeout: Duration? = nil,
        maxConnections: Int? = nil, parksAll: Bool = false, isRecorded: Bool = false
    ) {
        self.consumers = consumers
        self.timed = timed.filter { !$0.timers.isEmpty }
        self.databases = databases
        self.clock = clock
        self.stop = stop
        self.deadline = maxRuntime.map { ContinuousClock.now + $0 }
        self.schedule = schedule
        self.statementTimeout = statementTimeout
        self.maxConnections = maxConnections
        self.parksAll = parksAll
        self.isRecorded = isRecorded
    }

    /// Runs until a whole pass over lanes and timers does nothing (consumers and timers publish events too), something stands in the way of each lane that
    /// is not level, or time is up. One lane's trouble stops no other. What passes, such as a lost connection, is tried again a few times.
    public func untilLevel() async -> WorkerReport {
        let startedAt = clock.now()
        let links = WorkerLinks(databases, budget: budget(following: false))
        await links.prepare(Set(consumers.flatMap { $0.sources + [$0.service] } + timed.map(\.service)), for: .reading)
        let along = SettlingAlong(consumers)
        let lanes = await lanes(over: links, applied: along.applied)
        var reports: [LaneReport] = lanes.map { LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level) }
        let desks = desks(over: links)
        var timers = timed.map { TimerReport(service: $0.service) }
        var patience = Patience()
        var passes = 0
        while true {
            passes += 1
            await links.beginRound()
            let chosen = reports.indices.filter { reports[$0].outcome.mayGoOn }
            let results = await drainAndSettle(chosen.map { lanes[$0] }, along, over: links)
            for (index, result) in zip(chosen, results) { reports[index].add(result) }
            let settled = await settle(over: links, reporting: &reports, isFirst: passes == 1)
            let done = await fire(desks, reporting: &timers)
            if shouldStop() { break }
            if results.reduce(settled + done, { $0 + $1.events }) == 0 {
                let isWorthAnother = (reports.map(\.outcome) + timers.map(\.outcome)).contains { $0.unavailability != nil }
                guard isWorthAnother, let pause = patience.next() else { break }
                await stop.sleep(for: pause)
            }
        }
        // At the end, so that a run leaves nothing for the next one that finds no events. Where all was level before, nothing was appended.
        let read = reports.filter { if case .level = $0.outcome { $0.events > 0 } else { true } }.map(\.source)
        let withoutRoom = await makeRoom(in: sources.intersection(read + timers.filter { $0.done > 0 }.map(\.service)), over: links)
        await countDeadLetters(of: lanes, reporting: &reports)
        for lane in lanes { await lane.release() }
        var report = WorkerReport(
            lanes: reports.sorted { ($0.consumer, $0.source) < ($1.consumer, $1.source) }, timers: timers, passes: passes,
            withoutRoom: withoutRoom)
        if isRecorded {
            let records = RunRecord.records(of: report, from: startedAt, to: clock.now())
            report.unrecorded = await RunRecorder(consumers: consumers, links: links).put(records)
        }
        await links.closeAll()
        return report
    }

    /// - Parameter beat: told the name of a lane that has come further.
    /// - Parameter applied: told how many events of which consumer a chunk has committed.
    func lanes(
        over links: WorkerLinks, beat: @escaping @Sendable (String) -> Void = { _ in },
        applied: @escaping @Sendable (Int, String) -> Void = { _, _ in }
    ) async -> [Lane] {
        var settings = settings
        settings.beat = beat
        settings.applied = applied
        var lanes: [Lane] = []
        for consumer in consumers {
            for source in consumer.sources {
                lanes.append(Lane(consumer, reading: await links.reader(of: source), links: links, settings: settings))
            }
        }
        return lanes
    }

    private var settings: LaneSettings {
        LaneSettings(
            clock: clock, schedule: schedule, statementTimeout: statementTimeout, parksAll: parksAll,
            shouldStop: { [self] in shouldStop() }, stop: stop)
    }

    func shouldStop() -> Bool {
        stop.isRequested || Task.isCancelled || deadline.map { ContinuousClock.now >= $0 } ?? false
    }

    /// - Returns: in the order of the lanes.
    func drain(_ lanes: [Lane]) async -> [LaneReport] {
        await withTaskGroup(of: (Int, LaneReport).self) { group in
            for (index, lane) in lanes.enumerated() {
                group.addTask { (index, await lane.drain()) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    // MARK: Timers

    func desks(over links: WorkerLinks) -> [TimerDesk] {
        timed.map { TimerDesk(service: $0, links: links, settings: settings) }
    }

    /// - Returns: how many entries were done.
    private func fire(_ desks: [TimerDesk], reporting reports: inout [TimerReport]) async -> Int {
        let results = await withTaskGroup(of: (Int, TimerReport).self) { group in
            for (index, desk) in desks.enumerated() where !shouldStop() {
                group.addTask { (index, await desk.run()) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (index, result) in results {
            let before = reports[index].done
            reports[index] = result
            reports[index].done += before
        }
        return results.reduce(0) { $0 + $1.1.done }
    }

    // MARK: Settling

    private func drainAndSettle(_ lanes: [Lane], _ along: SettlingAlong, over links: WorkerLinks) async -> [LaneReport] {
        await along.during {
            await drain(lanes)
        } settle: { name in
            for consumer in consumers where consumer.name == name {
                // What fails here fails again when the lanes have come to an end, and is told then.
                _ = try? await settle(consumer, on: links.link(to: consumer.service, for: .settling))
            }
        }
    }

    private func settle(over links: WorkerLinks, reporting reports: inout [LaneReport], isFirst: Bool) async -> Int {
        var rows = 0
        for consumer in consumers where consumer.settles {
            let own = reports.indices.filter { reports[$0].consumer == consumer.name }
            // Not where its database cannot be reached, which its lanes have said.
            let hasNews = own.contains { reports[$0].events > 0 }
            guard isFirst || hasNews else { continue }
            do {
                // Without news there is at most what a run that was killed has left, and another connection would be opened for nothing.
                rows += try await settle(consumer, on: try await links.link(to: consumer.service, for: hasNews ? .settling : .asking))
            } catch is SettlingElsewhere {
                continue
            } catch {
                guard let index = own.first(where: { reports[$0].outcome.failure == nil }) else { continue }
                reports[index].outcome = LaneReport.Outcome(error)
            }
        }
        return rows
    }

    /// - Parameter beat: called before each batch.
    /// - Returns: rows written.
    /// - Throws: ``SettlingElsewhere`` where that is left to another worker.
    func settle(_ consumer: any Consumer, on connection: Connection, beat: () -> Void = {}) async throws -> Int {
        var rows = 0
        while !shouldStop() {
            beat()
            let now = clock.now()
            let settlement = try await connection.transaction(TransactionOptions(retry: .standard)) { session in
                let settlement = try consumer.settle(in: session, context: ConsumerContext(now: now))
                try ChunkTransaction.publish(settlement.events, of: consumer, at: now, in: session)
                return settlement
            }
            rows += settlement.rows
            if !settlement.hasMore { break }
        }
        return rows
    }

    // MARK: Housekeeping

    /// The services whose outboxes this run reads.
    var sources: Set<String> { Set(consumers.flatMap(\.sources)) }

    /// Keeps partitions ahead in outboxes.
    ///
    /// - Returns: why that was not possible, where it is not a lane's matter too.
    func makeRoom(in outboxes: Set<String>, over links: WorkerLinks) async -> [Failure] {
        guard !stop.isRequested, !Task.isCancelled else { return [] }
        return await withTaskGroup(of: Failure?.self) { group in
            for source in outboxes {
                group.addTask {
                    do {
                        try await links.reader(of: source).session { _ = try OutboxPartitions.keepAhead(in: $0) }
                        return nil
                    } catch {
                        // Somebody reads the whole outbox just now. There is room for millions of events; the next run tries again.
                        if (error as? PostgresError)?.sqlState == .lockNotAvailable { return nil }
                        // The lanes will not get any further, and tell.
                        if case .unavailable = LaneReport.Outcome(error) { return nil }
                        return LaneReport.Outcome(error).failure
                    }
                }
            }
            return await group.reduce(into: []) { failures, failure in failure.map { failures.append($0) } }
        }
    }

    private func countDeadLetters(of lanes: [Lane], reporting reports: inout [LaneReport]) async {
        for (index, lane) in lanes.enumerated() {
            do {
                reports[index].deadLetters = try await lane.deadLetterCount() ?? reports[index].deadLetters
            } catch {
                if reports[index].outcome.failure == nil { reports[index].outcome = LaneReport.Outcome(error) }
            }
        }
    }
}

/// How often a run tries again what passes, before it gives up.
private struct Patience {
    private var attempt = 0
    private let schedule = RetrySchedule(attempts: 6, first: .milliseconds(250), longest: .seconds(1))

    /// - Returns: how long to wait first; `nil` for no more.
    mutating func next() -> Duration? {
        attempt += 1
        var random = SystemRandomNumberGenerator()
        return schedule.pause(afterAttempt: attempt, using: &random)
    }
}

extension LaneReport {
    fileprivate mutating func add(_ later: LaneReport) {
        events += later.events
        outcome = later.outcome
    }
}

extension LaneReport.Outcome {
    /// Another pass may find more to do.
    fileprivate var mayGoOn: Bool {
        switch self {
        case .level, .unavailable: true
        case .interrupted, .locked, .stopped: false
        }
    }
}
