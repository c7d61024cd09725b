import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Worker

/// What happens later, when its time has come (docs/worker.md, "What is due").
@Suite(.databases("billing", "organization"), .hangLimit) struct TimerTests {
    private static let noon = Timestamp(year: 2026, month: 3, day: 14, hour: 12)
    private static func after(_ seconds: Int) -> Timestamp { noon.advanced(by: .seconds(seconds)) }

    /// Tells ``ThingChanged`` of its entry's subject, after `body`.
    private static func timer(
        _ kind: String = "probe", _ body: @escaping @Sendable (DueEntry, Session) throws -> Void = { _, _ in }
    ) -> ServiceTimer {
        ServiceTimer(kind) { entry, session, context in
            try body(entry, session)
            return [try PendingEvent(ThingChanged(number: 1), subject: entry.subject, sequence: 1, organization: nil)]
        }
    }

    private static func schedule(kind: String = "probe", in service: String = "organization", _ entries: [(UInt64, Int)]) async throws {
        try await connect(service).transaction { session in
            for (number, seconds) in entries {
                try DueStore.schedule(
                    kind, .id(number), at: after(seconds), in: session, correlation: .id(900 + number), id: .id(700 + number))
            }
        }
    }

    private static func run(
        _ timers: [ServiceTimer], at seconds: Int, consumers: [any Consumer] = [], services: [String] = ["organization"],
        down: Set<String> = []
    ) async -> WorkerReport {
        await WorkerRun(
            consumers: consumers, timed: services.map { TimedService(service: $0, timers: timers) },
            databases: TestWorkerDatabases(down: down), clock: FixedClock(after(seconds))
        ).untilLevel()
    }

    private static func told(by service: String = "organization") async throws -> [UUID] {
        try await connect(service).values("select subject from outbox order by position", as: UUID.self)
    }

    private static func left() async throws -> [UUID] {
        try await connect("organization").values("select subject from due order by due_at", as: UUID.self)
    }

    @Test func `what is due is done once, in the order of time, and what is not is left`() async throws {
        try await Self.schedule([(3, 30), (1, 10), (4, 61), (2, 20)])
        let report = await Self.run([Self.timer()], at: 60)
        #expect(report.failure == nil && report.timers.map(\.done) == [3])
        #expect(try await Self.told() == [.id(1), .id(2), .id(3)])
        #expect(try await Self.left() == [.id(4)])
        // It belongs to the story that it began in, and happens when it is done.
        let organization = try await connect("organization")
        #expect(try await organization.values("select correlation_id from outbox order by position") == [901, 902, 903].map(UUID.id))
        #expect(try await organization.values("select distinct actor from outbox", as: String.self) == ["service:organization"])
        #expect(try await organization.values("select distinct time from outbox", as: Timestamp.self) == [Self.after(60)])

        #expect(await Self.run([Self.timer()], at: 60).timers.map(\.done) == [0])
        #expect(await Self.run([Self.timer()], at: 61).timers.map(\.done) == [1])
        #expect(try await Self.told() == [.id(1), .id(2), .id(3), .id(4)])
    }

    @Test func `after a long time everything is caught up with, in batches and in order`() async throws {
        let numbers = Array(1...UInt64(TimerDesk.batch * 2 + 1))
        try await Self.schedule(numbers.map { ($0, Int($0)) }.shuffled())
        let report = await Self.run([Self.timer()], at: 100_000)
        #expect(report.timers.map(\.done) == [numbers.count])
        #expect(try await Self.told() == numbers.map(UUID.id))
    }

    @Test func `of workers at the same time one does each entry, and in order`() async throws {
        let numbers = Array(1...UInt64(TimerDesk.batch * 2 + 500))
        try await Self.schedule(numbers.map { ($0, Int($0)) })
        let done = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { await Self.run([Self.timer()], at: 10_000).timers[0].done } }
            return await group.reduce(0, +)
        }
        #expect(done == numbers.count)
        #expect(try await Self.told() == numbers.map(UUID.id))
    }

    @Test func `what fails stops nothing else, is tried again later, and is told of when it fails again and again`() async throws {
        struct Sick: DomainError {
            let failure = Failure(ErrorCode("SICK", .conflict), "it is \"sick\"")
        }
        let isMended = Flag()
        let timer = Self.timer { entry, session in
            guard entry.subject == .id(1), !isMended.isRaised else { return }
            // What it has done before it fails is undone.
            _ = try OutboxWriter(service: "organization").append(
                ThingChanged.pending([(99, 1)]), in: session, context: ThingChanged.context)
            throw Sick()
        }
        try await Self.schedule([(1, 1), (2, 2)])
        let report = await Self.run([timer], at: 10)
        #expect(report.failure == nil && report.timers.map(\.done) == [1])
        #expect(try await Self.told() == [.id(2)])
        #expect(try await Self.left() == [.id(1)])
        let organization = try await connect("organization")
        #expect(try await organization.value("select error_code from due", as: String.self) == "SICK")
        #expect(try await organization.value("select next_at > attempted_at from due", as: Bool.self))

        // Each within the bound of the standard schedule, which doubles from five seconds.
        let seconds = [10, 15, 25]
        for (attempt, now) in zip(1..., seconds) {
            let report = await Self.run([timer], at: now)
            #expect(try await organization.value("select attempts from due", as: Int.self) == attempt)
            #expect((report.failure == nil) == (attempt < DueStore.notableFailures), "\(attempt)")
        }
        let failure = await Self.run([timer], at: 25).failure
        #expect(failure?.code == ErrorCode("TIMERS_FAILING", .pending))
        let text = "one timer of organization fails again and again: probe of \"\(UUID.id(1).text)\" (3 attempts): it is \"sick\""
        #expect(failure?.message == text)

        isMended.raise()
        #expect(await Self.run([timer], at: 1_000).failure == nil)
        #expect(try await Self.told() == [.id(2), .id(1)])
        #expect(try await Self.left() == [])
    }

    @Test func `those that fail among many are found, and the others are done in their order`() async throws {
        struct Sick: DomainError {
            let failure = Failure(ErrorCode("SICK", .conflict), "it is sick")
        }
        let sick: Set<UUID> = [.id(7), .id(40), .id(41), .id(100)]
        let sizes = Mutex<[Int]>([])
        let timer = ServiceTimer("probe") { fired, session in
            sizes.withLock { $0.append(fired.count) }
            // What was done of others before is undone with it, and done again.
            try OutboxWriter(service: "organization").append(
                ThingChanged.pending(fired.map { ($0.entry.subject == .id(7) ? 999 : 998, 1) }), in: session, context: ThingChanged.context)
            if fired.contains(where: { sick.contains($0.entry.subject) }) { throw Sick() }
            return try fired.map { [try PendingEvent(ThingChanged(number: 1), subject: $0.entry.subject, sequence: 1, organization: nil)] }
        }
        let numbers = Array(1...UInt64(100))
        try await Self.schedule(numbers.map { ($0, Int($0)) })
        let report = await Self.run([timer], at: 200)
        #expect(report.timers.map(\.done) == [96])
        #expect(try await Self.left() == [7, 40, 41, 100].map(UUID.id))
        #expect(try await Self.told().filter { $0 != .id(998) } == numbers.map(UUID.id).filter { !sick.contains($0) })
        #expect(try await Self.told().count { $0 == .id(998) } == 96)
        #expect(try await connect("organization").values("select attempts from due", as: Int.self) == [1, 1, 1, 1])
        #expect(sizes.withLock { $0.first == 100 && $0.count < 50 })
    }

    @Test func `a worker whose session ends in the middle leaves everything to do, and it is done once`() async throws {
        let wasKilled = Flag()
        let timer = Self.timer { entry, session in
            guard entry.subject == .id(2), !wasKilled.isRaised else { return }
            wasKilled.raise()
            try session.run(Query("select pg_terminate_backend(pg_backend_pid())"))
        }
        try await Self.schedule([(1, 1), (2, 2), (3, 3)])
        let report = await Self.run([timer], at: 10)
        #expect(wasKilled.isRaised && report.failure == nil)
        #expect(try await Self.told() == [.id(1), .id(2), .id(3)])
        #expect(try await Self.left() == [])
        #expect(try await connect("organization").value("select coalesce(max(attempts), 0) from due", as: Int.self) == 0)
    }

    @Test func `a run ends when neither lanes nor timers find anything, whatever leads to what`() async throws {
        // A timer tells; a lane makes that an entry that is due at once; its timer tells.
        let noting = ProbeConsumer { chunk, session in
            for event in chunk.events where event.subject == .id(1) {
                try DueStore.schedule("second", .id(2), at: Self.after(0), in: session, correlation: .id(0), id: .id(800))
            }
            return []
        }
        try await Self.schedule([(1, 1)])
        let report = await WorkerRun(
            consumers: [noting],
            timed: [
                TimedService(service: "organization", timers: [Self.timer()]),
                TimedService(service: "billing", timers: [Self.timer("second")]),
            ], databases: TestWorkerDatabases(), clock: FixedClock(Self.after(5))
        ).untilLevel()
        #expect(report.failure == nil && report.timers.map(\.done) == [1, 1])
        #expect(try await Self.told(by: "billing") == [.id(2)])
    }

    @Test func `a database that is away keeps back its own timers alone`() async throws {
        try await Self.schedule([(1, 1)])
        let report = await Self.run([Self.timer()], at: 5, services: ["billing", "organization"], down: ["billing"])
        #expect(report.failure?.code.exit == .unavailable)
        #expect(report.timers.map(\.service) == ["billing", "organization"] && report.timers.map(\.done) == [0, 1])
        #expect(try await Self.told() == [.id(1)])
    }

    @Test func `what another program is to do is left to it`() async throws {
        try await Self.schedule(kind: "unheard_of", [(1, 1)])
        #expect(await Self.run([Self.timer()], at: 5).failure == nil)
        #expect(try await Self.left() == [.id(1)])
    }

    @Test func `a worker that follows does what is due when its time has come`() async throws {
        let stop = StopSignal()
        var run = WorkerRun(
            consumers: [ProbeConsumer()], timed: [TimedService(service: "organization", timers: [Self.timer()])],
            databases: TestWorkerDatabases(), clock: SystemClock(), stop: stop)
        run.poll = .milliseconds(20)
        let task = Task { [run] in await run.untilStopped() }
        let organization = try await connect("organization")
        try await organization.transaction { session in
            try DueStore.schedule(
                "probe", .id(1), at: SystemClock().now().advanced(by: .milliseconds(300)), in: session, correlation: .id(0), id: .id(1))
        }
        // What it tells reaches the lanes.
        let billing = try await connect("billing")
        while try await billing.value("select count(*) from entitlement_sets", as: Int.self) < 1 { await Task.yield() }
        stop.request()
        let report = await task.value
        #expect(report.failure == nil && report.timers.map(\.done) == [1])
    }
}
