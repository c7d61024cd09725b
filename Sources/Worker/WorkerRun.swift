public import Kernel
public import Outbox
import Postgres

/// One run of the worker: passes over all lanes until a whole pass applies nothing, because consumers publish events too.
public struct WorkerRun: Sendable {
    let consumers: [any Consumer]
    let databases: any WorkerDatabases
    private let clock: any WallClock
    private let stop: StopSignal
    private let deadline: ContinuousClock.Instant?

    /// - Parameter consumers: whose lanes to run.
    /// - Parameter stop: ends the run after the chunk in hand.
    /// - Parameter maxRuntime: no chunk is begun after so long; `nil` for no limit.
    public init(
        consumers: [any Consumer], databases: any WorkerDatabases, clock: any WallClock, stop: StopSignal = StopSignal(),
        maxRuntime: Duration? = nil
    ) {
        self.consumers = consumers
        self.databases = databases
        self.clock = clock
        self.stop = stop
        self.deadline = maxRuntime.map { ContinuousClock.now + $0 }
    }

    /// Runs until everything is level, something stands in the way of each lane that is not, or time is up. One lane's trouble stops no other.
    public func untilLevel() async -> WorkerReport {
        let connections = WorkerConnections(databases)
        var lanes: [LaneKey: LaneReport] = [:]
        var passes = 0
        while true {
            passes += 1
            let pass = await onePass(over: connections, skipping: lanes.filter { !$0.value.mayGoOn }.keys)
            var applied = 0
            for report in pass.reports {
                applied += report.events
                lanes[LaneKey(report), default: LaneReport(consumer: report.consumer, source: report.source, outcome: .level)].add(report)
            }
            if applied + pass.settled == 0 || shouldStop() { break }
        }
        // At the end, so that a run leaves nothing for the next one that finds no events.
        let withoutRoom = await makeRoom(over: connections)
        await connections.closeAll()
        return WorkerReport(
            lanes: lanes.values.sorted { ($0.consumer, $0.source) < ($1.consumer, $1.source) }, passes: passes,
            withoutRoom: withoutRoom)
    }

    /// Keeps partitions ahead in the outboxes that this run reads.
    ///
    /// - Returns: why that was not possible, where it is not a lane's matter too.
    private func makeRoom(over connections: WorkerConnections) async -> [Failure] {
        guard !stop.isRequested, !Task.isCancelled else { return [] }
        return await withTaskGroup(of: Failure?.self) { group in
            for source in Set(consumers.flatMap(\.sources)) {
                group.addTask {
                    do {
                        try await connections.reader(of: source).session { _ = try OutboxPartitions.keepAhead(in: $0) }
                        return nil
                    } catch {
                        // Somebody reads the whole outbox just now. There is room for millions of events; the next run tries again.
                        if (error as? PostgresError)?.sqlState == .lockNotAvailable { return nil }
                        // The lanes will not get any further, and tell.
                        if case .unavailable = LaneRunner.outcome(of: error) { return nil }
                        return LaneRunner.outcome(of: error).failure
                    }
                }
            }
            return await group.reduce(into: []) { failures, failure in failure.map { failures.append($0) } }
        }
    }

    private func shouldStop() -> Bool {
        stop.isRequested || Task.isCancelled || deadline.map { ContinuousClock.now >= $0 } ?? false
    }

    private func onePass(
        over connections: WorkerConnections, skipping done: some Collection<LaneKey>
    ) async -> (reports: [LaneReport], settled: Int) {
        let done = Set(done)
        return await withTaskGroup(of: (reports: [LaneReport], settled: Int).self) { group in
            for consumer in consumers {
                let sources = consumer.sources.filter { !done.contains(LaneKey(consumer: consumer.name, source: $0)) }
                guard !sources.isEmpty else { continue }
                group.addTask { await run(consumer, reading: sources, over: connections) }
            }
            return await group.reduce(into: ([], 0)) { total, part in
                total.0 += part.reports
                total.1 += part.settled
            }
        }
    }

    private func run(
        _ consumer: any Consumer, reading sources: [String], over connections: WorkerConnections
    ) async -> (reports: [LaneReport], settled: Int) {
        var reports: [LaneReport] = []
        for source in sources {
            do {
                let target = try await connections.target(of: consumer)
                let reader = try await connections.reader(of: source)
                let runner = LaneRunner(
                    consumer: consumer, source: source, target: target, reader: reader, clock: clock, shouldStop: { shouldStop() })
                reports.append(await runner.drain())
            } catch {
                reports.append(LaneReport(consumer: consumer.name, source: source, outcome: LaneRunner.outcome(of: error)))
            }
        }
        do {
            return (reports, try await settle(consumer, over: connections))
        } catch {
            reports.append(LaneReport(consumer: consumer.name, source: consumer.service, outcome: LaneRunner.outcome(of: error)))
            return (reports, 0)
        }
    }

    private func settle(_ consumer: any Consumer, over connections: WorkerConnections) async throws -> Int {
        guard let target = await connections.openTarget(of: consumer) else { return 0 }
        var rows = 0
        while !shouldStop() {
            let now = clock.now()
            let settlement = try await target.transaction(TransactionOptions(retry: .standard)) { session in
                let settlement = try consumer.settle(in: session, context: ConsumerContext(now: now))
                try LaneRunner.publish(settlement.events, of: consumer, at: now, in: session)
                return settlement
            }
            rows += settlement.rows
            if !settlement.hasMore { break }
        }
        return rows
    }
}

private struct LaneKey: Hashable {
    let consumer: String
    let source: String

    init(consumer: String, source: String) {
        self.consumer = consumer
        self.source = source
    }

    init(_ report: LaneReport) {
        self.init(consumer: report.consumer, source: report.source)
    }
}

extension LaneReport {
    fileprivate mutating func add(_ later: LaneReport) {
        events += later.events
        outcome = later.outcome
    }

    /// Another pass may find more to do.
    fileprivate var mayGoOn: Bool {
        switch outcome {
        case .level: true
        case .interrupted, .locked, .stopped, .unavailable: false
        }
    }
}
