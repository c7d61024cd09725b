import Kernel
import Outbox
import Postgres
import Synchronization

extension WorkerRun {
    /// Runs until it is stopped, woken by appends. A database that is down keeps back only the lanes that need it, which try again with growing
    /// pauses.
    ///
    /// - Parameter pulse: told of every turn that a source's loop takes; a loop that hangs falls silent.
    public func untilStopped(pulse: FollowPulse = FollowPulse()) async -> WorkerReport {
        let links = WorkerLinks(databases)
        let lanes = await lanes(over: links)
        let sources = Set(lanes.map(\.source)).sorted()
        pulse.expect(sources)
        let board = ReportBoard(lanes.map { LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level) })
        await withTaskGroup { group in
            for source in sources {
                let own = lanes.indices.filter { lanes[$0].source == source }
                let loop = FollowLoop(
                    run: self, lanes: own.map { lanes[$0] }, reader: await links.reader(of: source), links: links, pulse: pulse)
                group.addTask { await loop.run { board.note($0, at: own) } }
            }
            group.addTask { await keepRoom(over: links) }
        }
        for lane in lanes { await lane.release() }
        await links.closeAll()
        return WorkerReport(lanes: board.reports.sorted { ($0.consumer, $0.source) < ($1.consumer, $1.source) }, passes: 0)
    }

    /// There is room for millions of events ahead, so an outbox that cannot be extended now can wait for the next time; by then the lanes of a
    /// source that is down have told.
    private func keepRoom(over links: WorkerLinks) async {
        while !shouldStop() {
            _ = await makeRoom(over: links)
            await stop.sleep(for: .seconds(600))
        }
    }
}

/// What the lanes have done so far.
private final class ReportBoard: Sendable {
    private let state: Mutex<[LaneReport]>

    init(_ reports: [LaneReport]) {
        state = Mutex(reports)
    }

    var reports: [LaneReport] { state.withLock(\.self) }

    func note(_ results: [LaneReport], at indices: [Int]) {
        state.withLock { reports in
            for (index, result) in zip(indices, results) {
                reports[index].events += result.events
                reports[index].outcome = result.outcome
            }
        }
    }
}

/// Shows that the loops of ``WorkerRun/untilStopped(pulse:)`` are alive.
public final class FollowPulse: Sendable {
    private let beats = Mutex<[String: ContinuousClock.Instant?]>([:])

    public init() {}

    func expect(_ sources: [String]) {
        beats.withLock { $0 = Dictionary(uniqueKeysWithValues: sources.map { ($0, nil) }) }
    }

    func beat(_ source: String) {
        beats.withLock { $0[source] = .some(.now) }
    }

    /// Whether every loop has looked at its source once.
    public var isReady: Bool {
        beats.withLock { beats in !beats.isEmpty && beats.values.allSatisfy { $0 != nil } }
    }

    /// Whether every loop has taken a turn within the time.
    public func isAlive(within limit: Duration) -> Bool {
        let oldest = ContinuousClock.now - limit
        return beats.withLock { beats in beats.values.allSatisfy { $0.map { $0 >= oldest } ?? false } }
    }
}

/// The lanes of one source while the worker follows it.
private struct FollowLoop {
    /// The safety net under the bell.
    static let poll = Duration.seconds(1)

    let run: WorkerRun
    let lanes: [Lane]
    let reader: SourceReader
    let links: WorkerLinks
    let pulse: FollowPulse

    /// What keeps a lane back.
    private struct Delay {
        var until: ContinuousClock.Instant?
        var failures = 0
        private static let schedule = RetrySchedule(attempts: .max, first: .milliseconds(200), longest: .seconds(15))

        mutating func note(_ outcome: LaneReport.Outcome) {
            var random = SystemRandomNumberGenerator()
            switch outcome {
            case .level, .interrupted:
                self = Delay()
            case .locked:
                until = .now + .seconds(5)
            case .stopped:
                until = .now + .seconds(15)
            case .unavailable:
                failures += 1
                until = Self.schedule.pause(afterAttempt: failures, using: &random).map { .now + $0 }
            }
        }

        var isOver: Bool { until.map { $0 <= .now } ?? true }
    }

    func run(_ report: @escaping @Sendable ([LaneReport]) -> Void) async {
        var delays = lanes.map { _ in Delay() }
        var results = lanes.map { LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level) }
        while !run.shouldStop() {
            await reader.beginRound()
            let chosen = lanes.indices.filter { delays[$0].isOver }
            let drained = await run.drain(chosen.map { lanes[$0] }, keepingLanes: true)
            for index in results.indices { results[index].events = 0 }
            for (index, result) in zip(chosen, drained) {
                results[index] = result
                delays[index].note(result.outcome)
            }
            await settle(zip(chosen, drained).filter { $0.1.events > 0 }.map { lanes[$0.0].consumer })
            report(results)
            pulse.beat(reader.source)
            if drained.allSatisfy({ $0.events == 0 }) { await sleep(delays) }
        }
    }

    private func settle(_ consumers: [any Consumer]) async {
        for consumer in consumers where consumer.settles {
            // What is left is settled the next time; a database that is down shows in its lanes.
            _ = try? await run.settle(consumer, on: links.link(to: consumer.service, for: .settling))
        }
    }

    private func sleep(_ delays: [Delay]) async {
        var limit = Self.poll
        for until in delays.compactMap(\.until) { limit = min(limit, ContinuousClock.now.duration(to: until)) }
        let now = run.clock.now()
        for lane in lanes {
            if let due = await lane.due { limit = min(limit, due.duration(since: now)) }
        }
        limit = max(limit, .milliseconds(5))
        do {
            try await reader.sleep(upTo: limit, unless: run.stop)
        } catch {
            await run.stop.sleep(for: limit)
        }
    }
}
