import Kernel
import Outbox
import Postgres

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
        var delay = Delay()
        var isRunning = false
        var startedAt = ContinuousClock.now
        /// A worker that was killed may have left something.
        var isUnsettled = true
        var result: LaneReport
    }

    private enum Event {
        case turn(Int, LaneReport, isUnsettled: Bool)
        case alarm
    }

    /// - Parameter report: told after each round of the lanes that are back, and their numbers.
    func run(_ report: @escaping @Sendable ([LaneReport], [Int]) -> Void) async {
        await withTaskGroup(of: Event.self) { group in
            var standings = lanes.map { Standing(result: LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level)) }
            var hasAlarm = false
            var rhythm = FollowRhythm()
            while !run.shouldStop() {
                let began = ContinuousClock.now
                await reader.beginRound()
                for index in standings.indices {
                    standings[index].result.events = 0
                    guard !standings[index].isRunning, standings[index].delay.isOver else { continue }
                    standings[index].isRunning = true
                    standings[index].startedAt = began
                    let isUnsettled = standings[index].isUnsettled
                    group.addTask { await turn(of: index, isUnsettled: isUnsettled) }
                }
                let (events, isBehind) = await round(in: &group, &standings, &hasAlarm, from: began)
                let back = standings.indices.filter { !standings[$0].isRunning }
                report(back.map { standings[$0].result }, back)
                for index in back { pulse.beat(lanes[index].name) }
                guard !isBehind else { continue }
                let (step, errand) = rhythm.looked(
                    events: events, took: ContinuousClock.now - began, bell: await reader.bellState, isLevel: links.budget.keepsLanes)
                if let errand { await reader.request(errand) }
                switch step {
                case .look: continue
                case .rest(let pause): await run.stop.sleep(for: pause)
                case .sleep:
                    let (from, wasRung) = (ContinuousClock.now, await sleep(standings))
                    rhythm.slept(ContinuousClock.now - from, wasRung: wasRung)
                    // With the look that is due in any case.
                    await reader.request(.take)
                }
            }
            // Each finishes the chunk in hand.
            let last = standings.indices.filter { standings[$0].isRunning }
            while standings.contains(where: \.isRunning), let event = await group.next() { note(event, &standings, &hasAlarm) }
            group.cancelAll()
            report(last.map { standings[$0].result }, last)
        }
    }

    /// Waits for the lanes that are at it.
    ///
    /// - Returns: how many events were applied, of several lanes the largest number; and whether a lane is back that has looked before this
    ///   round, so that what has come since then may have rung for the others alone.
    private func round(
        in group: inout TaskGroup<Event>, _ standings: inout [Standing], _ hasAlarm: inout Bool, from began: ContinuousClock.Instant
    ) async -> (events: Int, isBehind: Bool) {
        let end = began + Self.patience
        var isBehind = false
        while standings.contains(where: \.isRunning), ContinuousClock.now < end {
            // One at a time: it may be of an earlier round, and is set anew then.
            if !hasAlarm {
                hasAlarm = true
                group.addTask {
                    try? await Task.sleep(until: end)
                    return .alarm
                }
            }
            guard let event = await group.next() else { break }
            if case .turn(let index, _, _) = event, standings[index].startedAt < began { isBehind = true }
            note(event, &standings, &hasAlarm)
        }
        return (standings.map(\.result.events).max() ?? 0, isBehind)
    }

    private func note(_ event: Event, _ standings: inout [Standing], _ hasAlarm: inout Bool) {
        switch event {
        case .alarm: hasAlarm = false
        case .turn(let index, let result, let isUnsettled):
            standings[index].isRunning = false
            standings[index].isUnsettled = isUnsettled
            standings[index].result = result
            standings[index].delay.note(result.outcome)
        }
    }

    private func turn(of index: Int, isUnsettled: Bool) async -> Event {
        let lane = lanes[index]
        let result = await lane.drain(.present, keepsLane: links.budget.keepsLanes)
        guard isUnsettled || result.events > 0 else { return .turn(index, result, isUnsettled: false) }
        return .turn(index, result, isUnsettled: await !settle(lane.consumer, for: lane))
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
    private func sleep(_ standings: [Standing]) async -> Bool {
        var limit = run.poll
        for case (false, let until?) in standings.map({ ($0.isRunning, $0.delay.until) }) {
            limit = min(limit, ContinuousClock.now.duration(to: until))
        }
        if standings.contains(where: \.isRunning) { limit = min(limit, Self.patience) }
        let now = run.clock.now()
        for lane in lanes {
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
