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
        pulse.expect(lanes.map(\.name))
        let board = ReportBoard(lanes.map { LaneReport(consumer: $0.consumer.name, source: $0.source, outcome: .level) }, tell: tell)
        let records = FollowRecords(
            board: board, lanes: lanes, recorder: RunRecorder(consumers: consumers, links: links), clock: clock, stop: stop,
            startedAt: startedAt)
        let desks = desks(over: links)
        let clocks = TimerBoard(timed, tell: tell)
        await withTaskGroup { background in
            if isRecorded { background.addTask { await records.keep() } }
            background.addTask { await keepRoom(over: links) }
            for (index, desk) in desks.enumerated() { background.addTask { await keepTime(desk, index, clocks) } }
            await withTaskGroup { group in
                for source in sources.sorted() {
                    let own = lanes.indices.filter { lanes[$0].source == source }
                    let loop = FollowLoop(
                        run: self, lanes: own.map { lanes[$0] }, reader: await links.reader(of: source), links: links, pulse: pulse)
                    group.addTask { await loop.run { board.note($0, at: $1.map { own[$0] }) } }
                }
            }
            // They sleep for long, and time may be up without anybody having asked for the end.
            background.cancelAll()
        }
        let (reports, unrecorded) = isRecorded ? await records.end() : (board.reports, [])
        for lane in lanes { await lane.release() }
        await links.closeAll()
        return WorkerReport(
            lanes: reports.sorted { ($0.consumer, $0.source) < ($1.consumer, $1.source) }, timers: clocks.reports, passes: 0,
            unrecorded: unrecorded)
    }

    /// Looks once a second, as often as at a source whose bell does not ring. What a database that is down keeps back is done when it is back.
    private func keepTime(_ desk: TimerDesk, _ index: Int, _ board: TimerBoard) async {
        while !shouldStop() {
            let report = await desk.run()
            board.note(report, at: index)
            await stop.sleep(for: report.outcome.failure == nil ? poll : .seconds(5))
        }
    }

    /// There is room for millions of events ahead, so an outbox that cannot be extended now can wait for the next time; by then the lanes of a
    /// source that is down have told.
    private func keepRoom(over links: WorkerLinks) async {
        while !shouldStop() {
            _ = await makeRoom(in: sources, over: links)
            await stop.sleep(for: .seconds(600))
        }
    }
}
