import Kernel
import Outbox
import Postgres

extension WorkerRun {
    /// Runs until it is stopped, woken by appends. A database that is down keeps back only the lanes that need it, which try again with growing
    /// pauses.
    ///
    /// - Parameter pulse: told of every sign of life of a lane.
    /// - Parameter tell: told when a lane comes to stand or goes on.
    public func untilStopped(
        pulse: FollowPulse = FollowPulse(), tell: @escaping @Sendable (LaneNews) -> Void = { _ in }
    ) async -> WorkerReport {
        let startedAt = clock.now()
        let links = WorkerLinks(databases, budget: budget(following: true), readersSleep: true)
        let lanes = await lanes(over: links) { pulse.beat($0) }
        let sources = Set(lanes.map(\.source)).sorted()
        pulse.expect(lanes.map(\.name))
        let board = ReportBoard(lanes.map { LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level) }, tell: tell)
        let records = FollowRecords(
            board: board, lanes: lanes, recorder: RunRecorder(consumers: consumers, links: links), clock: clock, stop: stop,
            startedAt: startedAt)
        await withTaskGroup { background in
            if isRecorded { background.addTask { await records.keep() } }
            background.addTask { await keepRoom(over: links) }
            await withTaskGroup { group in
                for source in sources {
                    let own = lanes.indices.filter { lanes[$0].source == source }
                    let loop = FollowLoop(
                        run: self, lanes: own.map { lanes[$0] }, reader: await links.reader(of: source), links: links, pulse: pulse)
                    group.addTask { await loop.run { board.note($0, at: own) } }
                }
            }
            // They sleep for long, and time may be up without anybody having asked for the end.
            background.cancelAll()
        }
        let (reports, unrecorded) = isRecorded ? await records.end() : (board.reports, [])
        for lane in lanes { await lane.release() }
        await links.closeAll()
        return WorkerReport(
            lanes: reports.sorted { ($0.consumer, $0.source) < ($1.consumer, $1.source) }, passes: 0, unrecorded: unrecorded)
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

/// The lanes of one source while the worker follows it.
private struct FollowLoop {
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
        // A worker that was killed may have left something.
        var unsettled = Set(lanes.indices)
        var results = lanes.map { LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level) }
        var rhythm = FollowRhythm()
        while !run.shouldStop() {
            let began = ContinuousClock.now
            await reader.beginRound()
            let chosen = lanes.indices.filter { delays[$0].isOver }
            let drained = await run.drain(chosen.map { lanes[$0] }, .present, keepingLanes: links.budget.keepsLanes)
            for index in results.indices { results[index].events = 0 }
            for (index, result) in zip(chosen, drained) {
                results[index] = result
                delays[index].note(result.outcome)
            }
            unsettled.formUnion(zip(chosen, drained).filter { $0.1.events > 0 }.map(\.0))
            await settle(&unsettled, among: chosen)
            report(results)
            for lane in lanes { pulse.beat(lane.name) }
            let events = drained.map(\.events).max() ?? 0
            let (step, errand) = rhythm.looked(
                events: events, took: ContinuousClock.now - began, bell: await reader.bellState, isLevel: links.budget.keepsLanes)
            if let errand { await reader.request(errand) }
            switch step {
            case .look: continue
            case .rest(let pause): await run.stop.sleep(for: pause)
            case .sleep:
                let (from, wasRung) = (ContinuousClock.now, await sleep(delays))
                rhythm.slept(ContinuousClock.now - from, wasRung: wasRung)
                // With the look that is due in any case.
                await reader.request(.take)
            }
        }
    }

    /// What fails is left for the next turn; a database that is down shows in its lanes, which keeps them out of `chosen` for a while.
    private func settle(_ unsettled: inout Set<Int>, among chosen: [Int]) async {
        for index in chosen where unsettled.contains(index) {
            let consumer = lanes[index].consumer
            do {
                if consumer.settles {
                    _ = try await run.settle(consumer, on: links.link(to: consumer.service, for: .settling)) {
                        for lane in lanes { pulse.beat(lane.name) }
                    }
                }
                unsettled.remove(index)
            } catch {}
        }
    }

    /// - Returns: whether an append has rung.
    private func sleep(_ delays: [Delay]) async -> Bool {
        var limit = run.poll
        for until in delays.compactMap(\.until) { limit = min(limit, ContinuousClock.now.duration(to: until)) }
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
