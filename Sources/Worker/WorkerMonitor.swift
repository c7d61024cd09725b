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
        var answers = await lanes(over: connections)
        let now = ContinuousClock.now
        for index in answers.indices {
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
        /// What its consumer's database knows; `nil` where that cannot be asked.
        var checkpoint: LaneCheckpoint?
        /// The lane is new, and must not begin in the middle.
        var needsBeginning = false
        var outcome = LaneReport.Outcome.level

        /// What a run would do about an error that looking meets.
        mutating func failed(_ error: any Error) {
            outcome = LaneReport.Outcome(error, reading: lane.source)
            lane.error = outcome.failure?.message
            if case .stopped = outcome { lane.state = .stopped } else { lane.state = .unavailable }
        }

        mutating func note(_ backlog: WindowReader.Backlog, at now: Timestamp) {
            lane.behind = backlog.events
            lane.oldest = backlog.oldest
            lane.oldestAgeMs = backlog.oldest.map { Int64(now.duration(since: $0) / .milliseconds(1)) }
            lane.position = checkpoint?.position
            lane.applied = checkpoint?.events
            let isStopped = lane.lastRun?.lanes.contains { $0.source == lane.source && $0.isStopped } == true
            lane.state = isStopped ? .stopped : backlog.events == 0 ? .level : .behind
        }
    }

    /// First what the consumers' databases know of the lanes, then what lies in the sources beyond that: one question to each database.
    private nonisolated func lanes(over connections: WorkerLinks) async -> [LaneAnswer] {
        var answers = await withTaskGroup(of: (Int, [LaneAnswer]).self) { group in
            for (index, consumer) in consumers.enumerated() {
                group.addTask { (index, await self.lanes(of: consumer, over: connections)) }
            }
            let answers = await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return consumers.indices.flatMap { answers[$0] ?? [] }
        }
        await withTaskGroup(of: (String, Result<SourceAnswer, any Error>).self) { group in
            for (source, own) in Dictionary(grouping: answers, by: \.lane.source) {
                let checkpoints = own.compactMap(\.checkpoint)
                let needsBeginning = own.contains(where: \.needsBeginning)
                group.addTask {
                    (source, await self.look(at: source, beyond: checkpoints, needsBeginning: needsBeginning, over: connections))
                }
            }
            for await (source, answer) in group {
                var backlogs = (try? answer.get().backlogs[...]) ?? []
                for index in answers.indices where answers[index].lane.source == source {
                    guard answers[index].checkpoint != nil else {
                        // Its consumer's database has told already.
                        answers[index].lane.oldestWriter = try? answer.get().writer
                        continue
                    }
                    switch answer {
                    case .success(let found):
                        answers[index].lane.oldestWriter = found.writer
                        if let backlog = backlogs.popFirst() { answers[index].note(backlog, at: clock.now()) }
                        if found.lacksBeginning, answers[index].needsBeginning {
                            answers[index].failed(LaneStop.beginningDropped(consumer: answers[index].lane.consumer))
                        }
                    case .failure(let error): answers[index].failed(error)
                    }
                }
            }
        }
        return answers
    }

    private nonisolated func lanes(of consumer: any Consumer, over connections: WorkerLinks) async -> [LaneAnswer] {
        var answers = consumer.sources.map { LaneAnswer(lane: LaneStatus(consumer: consumer.name, source: $0)) }
        let lanes = ConsumerLanes(consumer: consumer.name, sources: consumer.sources)
        do {
            let (runs, heads, holders, letters) = try await ask(consumer.service, over: connections) { session in
                try session.pipeline(RunRecordQueries.get(consumer: consumer.name), lanes.heads, lanes.holders, lanes.letters)
            }
            for index in answers.indices {
                let source = answers[index].lane.source
                let holder = holders.rows.first { $0.source == source }?.holder
                let found = letters.rows.first { $0.source == source }
                let head = heads.rows.first { $0.source == source }
                answers[index].lane.lastRun = runs.first
                answers[index].lane.holder = holder
                answers[index].lane.lockedBy = holder?.description
                answers[index].lane.deadLetters = found?.count
                answers[index].lane.deadLetterError = found?.error
                if let head, head.epoch == nil {
                    answers[index].failed(LaneStop.unreadableCheckpoint(head.epochText))
                } else {
                    answers[index].checkpoint = head?.checkpoint ?? .start
                    answers[index].needsBeginning = head == nil && consumer.readModel != nil
                }
            }
        } catch {
            for index in answers.indices { answers[index].failed(error) }
        }
        return answers
    }

    /// A connection that turns out to be lost is replaced once: between two looks a server may have been restarted.
    private nonisolated func ask<R: Sendable>(
        _ service: String, over connections: WorkerLinks, _ body: @Sendable (Session) throws -> R
    ) async throws -> R {
        do {
            return try await connections.link(to: service, for: .asking).session(body)
        } catch let error as PostgresError where error.kind == .connectionLost {
            return try await connections.link(to: service, for: .asking).session(body)
        }
    }

    private struct SourceAnswer: Sendable {
        let backlogs: [WindowReader.Backlog]
        let writer: OpenWriter?
        let lacksBeginning: Bool
    }

    /// - Parameter checkpoints: of the lanes that read it.
    private nonisolated func look(
        at source: String, beyond checkpoints: [LaneCheckpoint], needsBeginning: Bool, over connections: WorkerLinks
    ) async -> Result<SourceAnswer, any Error> {
        let windows = WindowReader(source: source)
        do {
            let (found, writers, lacks) = try await ask(source, over: connections) { session in
                try session.pipeline(
                    windows.backlogs(beyond: checkpoints), OpenWriterQueries.oldest(), windows.lacksBeginning(ifAsked: needsBeginning))
            }
            return .success(SourceAnswer(backlogs: found.rows, writer: writers.first, lacksBeginning: lacks.first ?? false))
        } catch {
            return .failure(error)
        }
    }
}

/// What one look at all lanes has shown.
public struct WorkerStatus: Sendable {
    public let lanes: [LaneStatus]
    let report: WorkerReport

    /// The lanes that could not be asked, for whatever reason.
    public var unasked: [String] { report.lanes.filter { $0.outcome.failure != nil }.map(\.name) }

    /// The worst of what kept lanes from being asked, with the code that a run would end with.
    public var failure: Failure? {
        guard let failure = report.failure else { return nil }
        let lanes = report.lanes.filter { lane in
            lane.outcome.failure.map { $0.code.name == failure.code.name && $0.message == failure.message } ?? false
        }
        let isForAll = lanes.count > 1 && lanes.count == report.lanes.count
        let what = isForAll ? "no lane can be asked" : "\(lanes.map(\.name).listed()) cannot be asked"
        return Failure(failure.code, "\(what): \(failure.message)", hint: failure.hint, details: failure.details)
    }
}
