import Kernel
import Outbox
import Postgres
import Synchronization

/// The lanes of one source while the worker follows it. They take their turns in rounds, so that one look at the source serves them all. One that
/// takes long, because it has much to do or its database does not answer, is left to itself: the next rounds go without it until it is back.
struct FollowLoop {
    let run: WorkerRun
    let lanes: [Lane]
    let reader: SourceReader
    let links: WorkerLinks
    let pulse: FollowPulse

    /// The other lanes of a round wait so long for one that is still at it, and then look for it as often.
    private static let patience = Duration.milliseconds(200)

    private struct Standing {
        var result: LaneReport
        var delay = Delay()
        var isRunning = false
        /// The round in which it took its last turn.
        var startedAt = ContinuousClock.now
        /// A worker that was killed may have left something.
        var isUnsettled = true
    }

    private struct Turn: Sendable {
        let index: Int
        let result: LaneReport
        let isUnsettled: Bool
    }

    /// - Parameter report: told after each round of the lanes that are back, and their numbers.
    func run(_ report: @escaping @Sendable ([LaneReport], [Int]) -> Void) async {
        var standings = lanes.map { Standing(result: LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level)) }
        var rhythm = FollowRhythm()
        let returned = Returned<Turn>()
        await withDiscardingTaskGroup { group in
            while !run.shouldStop() {
                let began = ContinuousClock.now
                await reader.beginRound()
                for index in standings.indices {
                    standings[index].result.events = 0
                    guard !standings[index].isRunning, standings[index].delay.isOver else { continue }
                    standings[index].isRunning = true
                    standings[index].startedAt = began
                    let isUnsettled = standings[index].isUnsettled
                    group.addTask { returned.add(await turn(of: index, isUnsettled: isUnsettled)) }
                }
                let isBehind = await take(returned, into: &standings, from: began)
                let back = standings.indices.filter { !standings[$0].isRunning }
                report(back.map { standings[$0].result }, back)
                for index in back { pulse.beat(lanes[index].name) }
                guard !isBehind else { continue }
                let (step, errand) = rhythm.looked(
                    events: standings.map(\.result.events).max() ?? 0, took: ContinuousClock.now - began, bell: await reader.bellState,
                    isLevel: links.budget.keepsLanes)
                if let errand { await reader.request(errand) }
                switch step {
                case .look: continue
                case .rest(let pause): await run.stop.sleep(for: pause)
                case .sleep:
                    let (from, wasRung) = (ContinuousClock.now, await sleep(standings, returned))
                    rhythm.slept(ContinuousClock.now - from, wasRung: wasRung)
                    // With the look that is due in any case.
                    await reader.request(.take)
                }
            }
        }
        // Each has finished the chunk in hand.
        let last = returned.take()
        report(last.map(\.result), last.map(\.index))
    }

    /// Waits for the lanes of the round that began then, and takes in those of earlier ones.
    ///
    /// - Returns: whether one of earlier rounds is back. What has come since it looked may have rung for the others alone.
    private func take(_ returned: Returned<Turn>, into standings: inout [Standing], from began: ContinuousClock.Instant) async -> Bool {
        var isBehind = false
        while true {
            for turn in returned.take() {
                isBehind = isBehind || standings[turn.index].startedAt != began
                standings[turn.index].isRunning = false
                standings[turn.index].isUnsettled = turn.isUnsettled
                standings[turn.index].result = turn.result
                standings[turn.index].delay.note(turn.result.outcome)
            }
            guard standings.contains(where: { $0.isRunning && $0.startedAt == began }) else { return isBehind }
            guard await returned.wait(until: began + Self.patience) else { return isBehind }
        }
    }

    private func turn(of index: Int, isUnsettled: Bool) async -> Turn {
        let lane = lanes[index]
        let result = await lane.drain(.present, keepsLane: links.budget.keepsLanes)
        guard isUnsettled || result.events > 0 else { return Turn(index: index, result: result, isUnsettled: false) }
        return Turn(index: index, result: result, isUnsettled: await !settle(lane.consumer, for: lane))
    }

    /// What fails is left for the lane's next turn.
    ///
    /// - Returns: whether all is settled.
    private func settle(_ consumer: any Consumer, for lane: Lane) async -> Bool {
        guard consumer.settles else { return true }
        do {
            let connection = try await links.link(to: consumer.service, for: .settling)
            _ = try await run.settle(consumer, on: connection) { pulse.beat(lane.name) }
            return true
        } catch {
            return false
        }
    }

    /// - Returns: whether an append has rung.
    private func sleep(_ standings: [Standing], _ returned: Returned<Turn>) async -> Bool {
        // A lane that is at it reads by the connection that would sleep.
        if standings.contains(where: \.isRunning) {
            _ = await returned.wait(until: .now + Self.patience)
            return false
        }
        var limit = run.poll
        let now = run.clock.now()
        for (lane, standing) in zip(lanes, standings) {
            if let until = standing.delay.until { limit = min(limit, ContinuousClock.now.duration(to: until)) }
            if let due = await lane.due { limit = min(limit, due.duration(since: now)) }
        }
        limit = max(limit, .milliseconds(5))
        do {
            return try await reader.sleep(upTo: limit, unless: run.stop)
        } catch {
            await run.stop.sleep(for: limit)
            return false
        }
    }
}

/// What tasks have returned and nobody has taken yet.
private final class Returned<Value: Sendable>: Sendable {
    private struct State {
        var values: [Value] = []
        /// Whoever waits. Cancelled to wake up early.
        var sleep: Task<Void, Never>?
    }

    private let state = Mutex(State())

    func add(_ value: Value) {
        state.withLock { state in
            state.values.append(value)
            return state.sleep
        }?.cancel()
    }

    func take() -> [Value] {
        state.withLock { state in
            defer { state.values = [] }
            return state.values
        }
    }

    /// For one caller at a time.
    ///
    /// - Returns: whether there is anything.
    func wait(until end: ContinuousClock.Instant) async -> Bool {
        let sleep = Task { () -> Void in
            do { try await Task.sleep(until: end) } catch {}
        }
        let isThere = state.withLock { state in
            state.sleep = sleep
            return !state.values.isEmpty
        }
        if isThere { sleep.cancel() }
        await sleep.value
        return state.withLock { state in
            state.sleep = nil
            return !state.values.isEmpty
        }
    }
}

/// What keeps a lane back.
private struct Delay {
    private(set) var until: ContinuousClock.Instant?
    private var failures = 0
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
