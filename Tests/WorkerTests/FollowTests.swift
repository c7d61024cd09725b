import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Worker

/// The worker as a service.
@Suite(.databases("billing", "organization", "workflow"), .hangLimit) struct FollowTests {
    /// Follows while `body` runs, then stops.
    private func following(
        _ consumers: [any Consumer], databases: any WorkerDatabases = TestWorkerDatabases(), isRecorded: Bool = false,
        poll: Duration? = nil, pulse: FollowPulse = FollowPulse(), _ body: () async throws -> Void
    ) async throws -> WorkerReport {
        let stop = StopSignal()
        var run = WorkerRun(consumers: consumers, databases: databases, clock: SystemClock(), stop: stop, isRecorded: isRecorded)
        if let poll { run.poll = poll }
        let task = Task { [run] in await run.untilStopped(pulse: pulse) }
        while !pulse.isReady { await Task.yield() }
        do {
            try await body()
        } catch {
            stop.request()
            _ = await task.value
            throw error
        }
        stop.request()
        return await task.value
    }

    private func waitFor(_ effects: Int) async throws {
        let billing = try await connect("billing")
        while try await billing.value("select count(*) from entitlement_sets", as: Int.self) < effects { await Task.yield() }
    }

    @Test func `events take effect as they come`() async throws {
        try await ThingChanged.append(3)
        let report = try await following([ProbeConsumer()]) {
            try await waitFor(3)
            for number in 4...8 {
                try await ThingChanged.append(1, first: UInt64(number))
                try await waitFor(number)
            }
        }
        #expect(report.events == 8)
        #expect(report.failure == nil)
        #expect(try await ProbeConsumer.effects() == 8)
    }

    @Test func `a look at a lane to which events keep coming ends with what was there`() async throws {
        // Each event that it applies leads to another one, fifty times.
        let echo = ProbeConsumer(sources: ["billing"]) { chunk, _ in
            try chunk.events.filter { $0.sequence < 50 }.map {
                try PendingEvent(ThingChanged(number: 0), subject: UUID(), sequence: $0.sequence + 1, organization: nil)
            }
        }
        try await connect("billing").session { session in
            _ = try OutboxWriter(service: "billing").append(try ThingChanged.pending([(1, 1)]), in: session, context: ThingChanged.context)
        }
        let run = WorkerRun.test([echo])
        let links = WorkerLinks(TestWorkerDatabases(), budget: run.budget(following: true))
        let lane = await run.lanes(over: links)[0]
        for _ in 1...3 {
            await links.beginRound()
            #expect(await lane.drain(.present, keepsLane: true).events == 1)
        }
        await links.beginRound()
        #expect(await lane.drain(.all).events == 47)
        await links.closeAll()
    }

    @Test func `a lane that stands reads again what it stands at`() async throws {
        try await ThingChanged.append(3)
        let source = try await connect("organization", as: .superuser)
        try await source.run("update outbox set type = 'saas.thing.changed.v9' where position = 2")
        let run = WorkerRun.test([ProbeConsumer()])
        let links = WorkerLinks(TestWorkerDatabases(), budget: run.budget(following: true))
        let lane = await run.lanes(over: links)[0]
        let standing = await lane.drain(.present)
        #expect(standing.events == 1 && standing.outcome.failure?.code.name == "BINARY_OUTDATED")
        try await source.run("update outbox set type = 'saas.thing.changed.v2' where position = 2")
        await links.beginRound()
        let report = await lane.drain(.present)
        #expect(report.events == 2 && report.outcome.failure == nil)
        await links.closeAll()
    }

    @Test func `appends notify only while the worker sleeps`() async throws {
        let organization = try await connect("organization")
        let isAsleep = {
            try await organization.value(
                "select not pg_try_advisory_xact_lock_shared(hashtextextended('saasctl.outbox.sleep', 0))", as: Bool.self)
        }
        #expect(try await !isAsleep())
        _ = try await following([ProbeConsumer()]) {
            while try await !isAsleep() { await Task.yield() }
        }
        // The server notices a moment after the connection has closed.
        while try await isAsleep() { await Task.yield() }
    }

    @Test func `every append wakes, however they come: without its safety net the worker misses none`() async throws {
        let writers = 4
        let report = try await following([ProbeConsumer(), SilentConsumer()], poll: .seconds(3_600)) {
            // Alone, in twos, in crowds; each time all have to be there before the next come.
            for round in 1...40 {
                try await withThrowingTaskGroup { group in
                    for writer in 1...(round % 3 == 0 ? writers : 1) {
                        group.addTask {
                            for number in 1...(round % 5 == 0 ? 20 : 1) {
                                try await ThingChanged.append(1, first: UInt64(round * 10_000 + writer * 100 + number))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                let appended = try await connect("organization").value("select count(*) from outbox", as: Int.self)
                try await waitFor(appended)
            }
            let workflow = try await connect("workflow")
            let all = try await connect("organization").value("select count(*) from outbox", as: Int.self)
            while try await workflow.value("select coalesce(max(events), 0) from checkpoints", as: Int.self) < all { await Task.yield() }
        }
        #expect(report.events == 2 * (try await connect("organization").value("select count(*) from outbox", as: Int.self)))
    }

    @Test func `a lane that hangs keeps no other lane back, and catches up when it is free`() async throws {
        let (billing, workflow) = (try await connect("billing"), try await connect("workflow"))
        let waiters = """
            select pid || ' ' || query_start from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into entitlement_sets%'
                and datname = current_database()
            """ as SQL
        let watcher = try await connect("billing", as: .superuser)
        let pulse = FollowPulse()
        _ = try await following([ProbeConsumer(), SilentConsumer()], poll: .seconds(3_600), pulse: pulse) {
            try await ThingChanged.append(1)
            try await waitFor(1)
            let lock = try await HeldTransaction(on: billing)
            _ = try await lock.run { try $0.run(Query("lock table entitlement_sets in exclusive mode")) }
            try await ThingChanged.append(1, first: 2)
            var waiter: String?
            while waiter == nil { waiter = try await watcher.values(waiters, as: String.self).first }
            for number in 3...6 {
                try await ThingChanged.append(1, first: UInt64(number))
                while try await workflow.value("select coalesce(max(events), 0) from checkpoints", as: Int.self) < number {
                    await Task.yield()
                }
            }
            #expect(try await watcher.values(waiters, as: String.self) == [waiter])
            try await lock.rollback()
            // Without anything new that would wake it.
            try await waitFor(6)
        }
    }

    @Test func `an idle turn asks each source one question`() async throws {
        try await ThingChanged.append(3)
        let consumers: [any Consumer] = [ProbeConsumer(sources: ["organization", "workflow"]), SilentConsumer()]
        _ = await WorkerRun.test(consumers).untilLevel()
        let pulse = FollowPulse()
        let before = try await transactions(of: "organization")
        _ = try await following(consumers, poll: .milliseconds(1), pulse: pulse) {
            while pulse.beats(of: "probe<organization") < 400 { await Task.yield() }
        }
        let turns = pulse.beats(of: "probe<organization")
        let asked = try await transactions(of: "organization") - before
        // Beginning costs some.
        #expect(asked > turns && asked < turns + turns / 4, "\(asked) for \(turns) turns")
    }

    /// What the sessions of a database have run so far. They tell when they end, so all of them have to.
    private func transactions(of service: String) async throws -> Int {
        let reader = try await connect("billing", as: .superuser)
        let name = TestDatabases.current[service].name
        let sessions = "select count(*) from pg_stat_activity where datname = \(name)" as SQL
        while try await reader.value(sessions, as: Int.self) > 0 { await Task.yield() }
        return try await reader.value("select xact_commit from pg_stat_database where datname = \(name)", as: Int.self)
    }

    @Test func `lost connections are replaced, and nothing is lost or doubled`() async throws {
        let killer = try await connect("billing", as: .superuser)
        let victims = WrappedDatabases { try await $0.run("set application_name = 'victim'") }
        _ = try await following([ProbeConsumer(sources: ["organization", "billing"])], databases: victims) {
            for number in 1...20 {
                try await ThingChanged.append(1, first: UInt64(number))
                try await killer.run(
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity
                    where application_name = 'victim' and datname in (\(TestDatabases.current["billing"].name), \(TestDatabases.current["organization"].name))
                    """)
                try await waitFor(number)
            }
        }
        #expect(try await ProbeConsumer.effects() == 20)
        #expect(try await ProbeConsumer.checkpoint()?.events == 20)
    }

    @Test func `an idle worker asks little`() async throws {
        let opened = Mutex(0)
        let databases = WrappedDatabases { _ in opened.withLock { $0 += 1 } }
        try await ThingChanged.append(1)
        _ = try await following([ProbeConsumer()], databases: databases) {
            try await waitFor(1)
            let clock = try await connect("organization")
            // Some polls long.
            for _ in 1...3 { _ = try await clock.value("select pg_sleep(1)::text", as: String.self) }
        }
        #expect(opened.withLock(\.self) == 3, "to look at each of the two databases, and to apply")
    }

    @Test func `the last run of a worker that follows is its last look at all lanes, and its end`() async throws {
        let consumer = ProbeConsumer(sources: ["organization", "billing"])
        let billing = try await connect("billing")
        let began = SystemClock().now()
        _ = try await following([consumer], isRecorded: true) {
            while try await billing.value("select count(*) from worker_runs", as: Int.self) == 0 { await Task.yield() }
            try await ThingChanged.append(3)
            try await waitFor(3)
        }
        let run = try #require(try await billing.session { try $0.first(RunRecordQueries.get(consumer: "probe")) })
        #expect(run.endedWell && run.startedAt >= began && run.endedAt >= run.startedAt && run.succeededAt == run.endedAt)
        #expect(run.events == 3 && run.outcome == "level" && run.lanes.map(\.outcome) == ["level", "level"], "\(run)")
    }

    @Test func `one that has a time limit ends by itself, and tells of its end`() async throws {
        try await ThingChanged.append(2)
        let run = WorkerRun(
            consumers: [ProbeConsumer()], databases: TestWorkerDatabases(), clock: SystemClock(), maxRuntime: .seconds(1), isRecorded: true)
        #expect(await run.untilStopped().events == 2)
        #expect(try await connect("billing").value("select events from worker_runs", as: Int.self) == 2)
    }

    @Test func `a lane that hangs lets the record of its consumer grow old`() {
        let board = ReportBoard([
            LaneReport(consumer: "a", source: "x", outcome: .level), LaneReport(consumer: "a", source: "y", outcome: .level),
        ])
        let result = LaneReport(consumer: "a", source: "x", events: 2, outcome: .level)
        board.note([result], at: [0])
        #expect(board.take("a") == nil, "y was never looked at")
        board.note([LaneReport(consumer: "a", source: "y", outcome: .level)], at: [1])
        #expect(board.take("a")?.map(\.events) == [2, 0])
        board.note([result], at: [0])
        #expect(board.take("a") == nil, "y was not looked at since")
    }

    @Test func `what happens to a lane is told once, and is a reason for a record`() {
        let told = Mutex<[String]>([])
        let board = ReportBoard([LaneReport(consumer: "a", source: "x", outcome: .level)]) { news in
            let text =
                switch news {
                case .fails(let hindrance): hindrance.text
                case .goesOn(let names): "\(names.listed()) goes on"
                case .dead(let lane, let number): "\(lane) \(number) dead"
                }
            told.withLock { $0.append(text) }
        }
        func look(_ outcome: LaneReport.Outcome) { board.note([LaneReport(consumer: "a", source: "x", outcome: outcome)], at: [0]) }
        func away(_ words: String) -> LaneReport.Outcome { .unavailable(Failure(.databaseUnavailable, words)) }
        look(.level)
        #expect(board.take("a") != nil && !board.hasNews(of: "a"))
        for outcome in [away("gone"), away("still gone"), .locked, .interrupted, away("gone")] { look(outcome) }
        #expect(board.hasNews(of: "a") && board.take("a") != nil && !board.hasNews(of: "a"))
        for reason in ["one", "one", "another"] { look(.stopped(Failure(.unexpected, reason))) }
        for _ in 1...2 { look(.level) }
        var counted = LaneReport(consumer: "a", source: "x", outcome: .level)
        for dead in [2, 2, 3, 0] as [Int64] {
            counted.deadLetters = DeadLetterCount(dead: dead)
            board.noteDeadLetters(of: [counted])
        }
        #expect(
            told.withLock(\.self) == [
                "a<x cannot run: gone", "a<x stands: one", "a<x stands: another", "a<x goes on", "a<x 2 dead", "a<x 3 dead",
            ])
    }

    @Test func `what happens to several lanes at once is told in one piece`() {
        let told = Mutex<[String]>([])
        let names = ["x", "y", "z"]
        let board = ReportBoard(names.map { LaneReport(consumer: "a", source: $0, outcome: .level) }) { news in
            switch news {
            case .fails(let hindrance): told.withLock { $0.append(hindrance.text) }
            case .goesOn(let names): told.withLock { $0.append("\(names.listed()) go on") }
            case .dead: Issue.record("nothing is dead")
            }
        }
        func look(_ outcomes: [LaneReport.Outcome]) {
            board.note(zip(names, outcomes).map { LaneReport(consumer: "a", source: $0, outcome: $1) }, at: [0, 1, 2])
        }
        let gone = LaneReport.Outcome.unavailable(Failure(.databaseUnavailable, "gone"))
        look([gone, .level, gone])
        look([gone, .stopped(Failure(.unexpected, "broken")), gone])
        look([.level, .level, .level])
        #expect(told.withLock(\.self) == ["a<x and a<z cannot run: gone", "a<y stands: broken", "a<x, a<y and a<z go on"])
    }

    @Test func `workers that share the lanes of a consumer both tell of it, and one that has none does not`() {
        let now = SystemClock().now()
        func records(_ first: LaneReport.Outcome, _ second: LaneReport.Outcome) -> [RunRecord] {
            let lanes = [LaneReport(consumer: "a", source: "x", outcome: first), LaneReport(consumer: "a", source: "y", outcome: second)]
            return RunRecord.records(of: WorkerReport(lanes: lanes, passes: 0), from: now, to: now, shares: true)
        }
        #expect(records(.locked, .level).map(\.outcome) == ["level"])
        #expect(records(.locked, .locked).isEmpty)
    }

    @Test func `a database that is down keeps back only its own lanes, and is found again`() async throws {
        let isDown = Atomic(true)
        let databases = WrappedDatabases { _ in
        } refuses: {
            $0 == "workflow" && isDown.load(ordering: .relaxed)
        }
        let report = try await following([ProbeConsumer(sources: ["organization", "workflow"])], databases: databases) {
            try await ThingChanged.append(2)
            try await waitFor(2)
            try await ThingChanged.append(2, first: 3, to: "workflow")
            isDown.store(false, ordering: .relaxed)
            try await waitFor(4)
        }
        #expect(report.failure == nil)
    }

    @Test func `a service manager's protocol is lines to a socket`() throws {
        let pulse = FollowPulse()
        #expect(!pulse.isReady)
        pulse.expect(["a", "b"])
        pulse.beat("a")
        #expect(!pulse.isReady && !pulse.isAlive(within: .seconds(60)))
        pulse.beat("b")
        #expect(pulse.isReady && pulse.isAlive(within: .seconds(60)))
        #expect(!pulse.isAlive(within: .zero))
    }
}

/// A consumer of workflow's that needs no table.
private struct SilentConsumer: Consumer {
    let name = "silent"
    let service = "workflow"
    let sources = ["organization"]
    let understands: [EventType]? = [ThingChanged.eventType]

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] { [] }
}
