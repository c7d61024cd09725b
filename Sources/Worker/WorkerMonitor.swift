public import Kernel
public import Outbox
import Postgres

/// Looks at all lanes, again and again on the same connections. Writes nothing.
public actor WorkerMonitor {
    private let consumers: [any Consumer]
    private let databases: any WorkerDatabases
    private let clock: any WallClock
    private var connections: WorkerLinks
    private var before: (at: ContinuousClock.Instant, applied: [String: Int64])?

    public init(consumers: [any Consumer], databases: any WorkerDatabases, clock: any WallClock) {
        self.consumers = consumers
        self.databases = databases
        self.clock = clock
        connections = WorkerLinks(databases)
    }

    /// Asks both databases of every lane. A database that is down makes its lanes `unavailable`, not the answer fail.
    public func look() async -> WorkerStatus {
        let connections = connections
        async let writers = writers(over: connections)
        var answers = await lanes(over: connections)
        let (now, open) = (ContinuousClock.now, await writers)
        for index in answers.indices {
            answers[index].lane.oldestWriter = open[answers[index].lane.source]
            guard let before, let applied = answers[index].lane.applied, let earlier = before.applied[answers[index].lane.name] else {
                continue
            }
            let rate = Double(applied - earlier) / ((now - before.at) / .seconds(1))
            answers[index].lane.eventsPerSecond = (rate * 10).rounded() / 10
        }
        let lanes = answers.map(\.lane)
        before = (now, Dictionary(lanes.compactMap { lane in lane.applied.map { (lane.name, $0) } }) { $1 })
        let report = WorkerReport(
            lanes: answers.map { LaneReport(consumer: $0.lane.consumer, source: $0.lane.source, outcome: $0.outcome) }
                // The order of a run, which tells the first of several faults too.
                .sorted { ($0.consumer, $0.source) < ($1.consumer, $1.source) }, passes: 1)
        // What failed once may be a connection that is gone; the next look opens all of them anew.
        if report.failure != nil { await close() }
        return WorkerStatus(lanes: lanes, report: report)
    }

    /// Gives the connections back. A later look opens new ones.
    public func close() async {
        let old = connections
        connections = WorkerLinks(databases)
        await old.closeAll()
    }

    private struct LaneAnswer: Sendable {
        var lane: LaneStatus
        var outcome = LaneReport.Outcome.level

        /// What a run would do about an error that looking meets.
        mutating func failed(_ error: any Error) {
            outcome = LaneReport.Outcome(error)
            lane.error = outcome.failure?.message
            if case .stopped = outcome { lane.state = .stopped } else { lane.state = .unavailable }
        }
    }

    /// In the order of the consumers.
    private nonisolated func lanes(over connections: WorkerLinks) async -> [LaneAnswer] {
        await withTaskGroup(of: (Int, [LaneAnswer]).self) { group in
            for (index, consumer) in consumers.enumerated() {
                group.addTask { (index, await self.lanes(of: consumer, over: connections)) }
            }
            let answers = await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return consumers.indices.flatMap { answers[$0] ?? [] }
        }
    }

    private nonisolated func lanes(of consumer: any Consumer, over connections: WorkerLinks) async -> [LaneAnswer] {
        var answers = consumer.sources.map { LaneAnswer(lane: LaneStatus(consumer: consumer.name, source: $0)) }
        let run: RunRecord?
        do {
            run = try await connections.link(to: consumer.service).session { try $0.first(RunRecordQueries.get(consumer: consumer.name)) }
        } catch {
            for index in answers.indices { answers[index].failed(error) }
            return answers
        }
        for index in answers.indices {
            answers[index].lane.lastRun = run
            do {
                try await look(at: &answers[index].lane, of: consumer, over: connections)
            } catch {
                answers[index].failed(error)
            }
        }
        return answers
    }

    private nonisolated func look(at lane: inout LaneStatus, of consumer: any Consumer, over connections: WorkerLinks) async throws {
        let store = CheckpointStore(consumer: lane.consumer, source: lane.source)
        let (checkpoint, holder) = try await connections.link(to: consumer.service).session { session in
            (try store.head(in: session)?.checkpoint ?? .start, try store.holder(in: session))
        }
        lane.holder = holder
        lane.lockedBy = holder?.description
        let windows = WindowReader(source: lane.source)
        let backlog = try await connections.link(to: lane.source).session { try windows.backlog(beyond: checkpoint, in: $0) }
        lane.behind = backlog.events
        lane.oldest = backlog.oldest
        lane.oldestAgeMs = backlog.oldest.map { Int64(clock.now().duration(since: $0) / .milliseconds(1)) }
        lane.position = checkpoint.position
        lane.applied = checkpoint.events
        let source = lane.source
        let isStopped = lane.lastRun?.lanes.contains { $0.source == source && $0.isStopped } == true
        lane.state = isStopped ? .stopped : backlog.events == 0 ? .level : .behind
    }

    /// By source. A source that cannot be asked makes its lanes unavailable, which tells why.
    private nonisolated func writers(over connections: WorkerLinks) async -> [String: OpenWriter] {
        await withTaskGroup(of: (String, OpenWriter?).self) { group in
            for source in Set(consumers.flatMap(\.sources)) {
                group.addTask {
                    let writer = try? await connections.link(to: source).session { try $0.first(OpenWriterQueries.oldest()) }
                    return (source, writer ?? nil)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}

/// What one look at all lanes has shown.
public struct WorkerStatus: Sendable {
    public let lanes: [LaneStatus]
    let report: WorkerReport

    /// The worst of what kept a lane from being asked, with the code that a run would end with.
    public var failure: Failure? {
        guard let failure = report.failure else { return nil }
        let lane = report.lanes.first { $0.outcome.failure?.code == failure.code && $0.outcome.failure?.message == failure.message }
        return Failure(
            failure.code, "\(lane.map { "\($0.name) cannot be asked" } ?? "a lane cannot be asked"): \(failure.message)",
            hint: failure.hint, details: failure.details)
    }
}
