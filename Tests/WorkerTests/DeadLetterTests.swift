import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Worker

/// Events that cannot be applied, and what waits behind them.
@Suite(.databases("billing", "organization"), .hangLimit) struct DeadLetterTests {
    private static let now = Timestamp(year: 2026, month: 3, day: 1)
    private let store = DeadLetterStore(consumer: "probe", source: "organization")

    /// Events of some aggregates: `(aggregate, sequence)` in the order of their positions.
    private func append(_ events: [(UInt64, Int64)]) async throws {
        let context = OperationContext(now: SystemClock().now(), actor: .service("test"), correlationId: .id(0))
        let pending = try events.map {
            try PendingEvent(ThingChanged(number: UInt64($1)), subject: .id($0), sequence: $1, organization: nil)
        }
        try await connect("organization").transaction { session in
            _ = try OutboxWriter(service: "organization").append(pending, in: session, context: context)
        }
    }

    /// Applies everything but the poison, and remembers what it has applied in which order.
    private func run(
        _ poison: @escaping @Sendable (StoredEvent) -> Bool, at clock: FixedClock = FixedClock(now)
    ) async -> WorkerReport {
        let consumer = PoisonConsumer(poison: poison)
        let report = await WorkerRun(
            consumers: [consumer], databases: TestWorkerDatabases(), clock: clock, schedule: RetrySchedule(attempts: 3)
        ).untilLevel()
        return report
    }

    private func letters() async throws -> [String] {
        try await connect("billing").values(
            """
            select right(subject::text, 1) || '#' || sequence || ' ' || state || ' ' || attempts from dead_letters order by turn
            """)
    }

    private func applied() async throws -> [String] {
        try await connect("billing").values("select right(subject::text, 1) || '#' || sequence from poison_log order by nth")
    }

    private func prepare() async throws {
        try await connect("billing", as: .owner).run(
            "create table poison_log (nth bigint generated always as identity, subject uuid, sequence bigint, unique (subject, sequence))")
        try await connect("billing", as: .owner).run("grant all on poison_log to saasctl_app")
    }

    @Test(arguments: [0, 3, 7]) func `a poison event parks its aggregate, and all others flow`(place: Int) async throws {
        try await prepare()
        var events = (1...4).flatMap { number in [(UInt64(number), Int64(1)), (UInt64(number), Int64(2))] }
        let poison = events[place]
        // The poisoned aggregate goes on after it.
        events.append((poison.0, 3))
        try await append(events)
        let report = await run { $0.subject == .id(poison.0) && $0.sequence == poison.1 }
        #expect(report.summary == ["probe<organization level"])
        #expect(report.failure == nil)
        let waiting = (poison.1 + 1...3).map { "\(poison.0)#\($0) parked 0" }
        #expect(try await letters() == ["\(poison.0)#\(poison.1) retrying 1"] + waiting)
        let expected = events.filter { $0.0 != poison.0 || $0.1 < poison.1 }.map { "\($0.0)#\($0.1)" }
        #expect(try await applied() == expected)
        #expect(report.lanes[0].deadLetters == DeadLetterCount(retrying: 1, parked: Int64(waiting.count)))
    }

    @Test func `what is mended is applied in order, with what came meanwhile`() async throws {
        try await prepare()
        try await append([(1, 1), (2, 1), (1, 2)])
        let isPoison = Atomic(true)
        let poison: @Sendable (StoredEvent) -> Bool = { $0.subject == .id(1) && $0.sequence == 1 && isPoison.load(ordering: .relaxed) }
        _ = await run(poison)
        try await append([(1, 3), (2, 2)])
        isPoison.store(false, ordering: .relaxed)
        // Not due yet.
        _ = await run(poison, at: FixedClock(Self.now.advanced(by: .microseconds(-1))))
        #expect(try await letters() == ["1#1 retrying 1", "1#2 parked 0", "1#3 parked 0"])
        #expect(try await applied() == ["2#1", "2#2"])
        let report = await run(poison, at: FixedClock(Self.now.advanced(by: .seconds(60))))
        #expect(report.events == 3)
        #expect(try await letters().isEmpty)
        #expect(try await applied() == ["2#1", "2#2", "1#1", "1#2", "1#3"])
    }

    @Test func `after the last attempt an event is dead, and the run says so`() async throws {
        try await prepare()
        try await append([(1, 1), (1, 2), (2, 1)])
        let poison: @Sendable (StoredEvent) -> Bool = { $0.subject == .id(1) && $0.sequence == 1 }
        for attempt in 1...2 {
            let report = await run(poison, at: FixedClock(Self.now.advanced(by: .seconds(3_600 * attempt))))
            #expect(report.failure == nil)
            #expect(try await letters() == ["1#1 retrying \(attempt)", "1#2 parked 0"])
        }
        for _ in 1...2 {
            let report = await run(poison, at: FixedClock(Self.now.advanced(by: .seconds(3_600 * 5))))
            #expect(report.failure?.code.name == "DEAD_LETTERS" && report.failure?.code.exit == .pending)
            #expect(try await letters() == ["1#1 dead 3", "1#2 parked 0"])
        }
        #expect(try await applied() == ["2#1"])
    }

    @Test func `two poison events of one aggregate are met one after the other`() async throws {
        try await prepare()
        try await append([(1, 1), (1, 2), (1, 3), (1, 4)])
        let healed = Atomic<Int64>(0)
        let poison: @Sendable (StoredEvent) -> Bool = { [1, 3].contains($0.sequence) && $0.sequence > healed.load(ordering: .relaxed) }
        _ = await run(poison)
        healed.store(1, ordering: .relaxed)
        _ = await run(poison, at: FixedClock(Self.now.advanced(by: .seconds(60))))
        #expect(try await letters() == ["1#3 retrying 1", "1#4 parked 0"])
        #expect(try await applied() == ["1#1", "1#2"])
        healed.store(3, ordering: .relaxed)
        _ = await run(poison, at: FixedClock(Self.now.advanced(by: .seconds(120))))
        #expect(try await applied() == ["1#1", "1#2", "1#3", "1#4"])
        #expect(try await letters().isEmpty)
    }

    @Test func `where everything fails the lane stands and nothing is set aside`() async throws {
        try await prepare()
        try await append((1...30).map { ($0, 1) })
        let report = await run { _ in true }
        #expect(report.failure?.code.name == "LANE_FAILING")
        #expect(try await letters().isEmpty)
        #expect(try await ProbeConsumer.checkpoint() == nil)
        #expect(await run { _ in false }.events == 30)
    }

    @Test func `where an operator says that the events are to blame, they are set aside however many they are`() async throws {
        try await prepare()
        try await append((1...30).map { ($0, 1) } + [(31, 1), (1, 2)])
        let consumer = PoisonConsumer { $0.sequence == 1 && $0.subject != .id(31) }
        let stopped = await run { $0.sequence == 1 && $0.subject != .id(31) }
        #expect(stopped.failure?.hint?.contains("worker run --only \(consumer.name) --park-failing") == true)
        let report = await WorkerRun(
            consumers: [consumer], databases: TestWorkerDatabases(), clock: FixedClock(Self.now), parksAll: true
        ).untilLevel()
        #expect(report.failure == nil)
        #expect(try await letters().count == 31)
        #expect(try await applied() == ["f#1"])
        // Those that wait are tried again as others are.
        #expect(await run({ _ in false }, at: FixedClock(Self.now.advanced(by: .seconds(60)))).failure == nil)
        #expect(try await applied().count == 32)
    }

    @Test func `a statement that hangs is cut off and its event set aside`() async throws {
        try await prepare()
        try await append([(1, 1), (2, 1), (3, 1)])
        let consumer = PoisonConsumer(hangs: { $0.subject == .id(2) }, poison: { _ in false })
        let report = await WorkerRun(
            consumers: [consumer], databases: TestWorkerDatabases(), clock: FixedClock(Self.now), statementTimeout: .milliseconds(300)
        ).untilLevel()
        #expect(report.failure == nil)
        #expect(try await letters() == ["2#1 retrying 1"])
        #expect(try await applied() == ["1#1", "3#1"])
    }

    @Test func `data that does not fit its type is the event's fault, whoever put it there`() async throws {
        try await prepare()
        try await append([(1, 1)])
        try await connect("organization").run(
            """
            insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
            values (\(UUID.id(77)), \(ThingChanged.eventType.description), \(UUID.id(2)), 1, now(), \(UUID.id(0)), 'test', '{"number":"no"}',
                sha256('x'))
            """)
        try await append([(3, 1)])
        let report = await WorkerRun(
            consumers: [PoisonConsumer(reads: true, poison: { _ in false })], databases: TestWorkerDatabases(), clock: FixedClock(Self.now)
        ).untilLevel()
        #expect(report.failure == nil)
        #expect(try await applied() == ["1#1", "3#1"])
        #expect(
            try await connect("billing").values("select error_code from dead_letters", as: String.self) == ["EVENT_UNREADABLE"])
    }

    @Test func `retries go by a random time below a doubling bound`() {
        let schedule = RetrySchedule(attempts: 4, first: .seconds(1), longest: .seconds(3))
        #expect((1...4).map { schedule.bound(afterAttempt: $0) } == [.seconds(1), .seconds(2), .seconds(3), .seconds(3)])
        var random = SystemRandomNumberGenerator()
        #expect(schedule.pause(afterAttempt: 4, using: &random) == nil)
        let pauses = (0..<200).compactMap { _ in schedule.pause(afterAttempt: 2, using: &random) }
        #expect(pauses.count == 200 && pauses.allSatisfy { $0 >= .zero && $0 <= .seconds(2) })
        #expect(pauses.contains { $0 < .seconds(1) } && pauses.contains { $0 > .seconds(1) })
    }
}

/// Applies each event once, in a log that would refuse a second time.
private struct PoisonConsumer: Consumer {
    let name = "probe"
    let service = "billing"
    let sources = ["organization"]
    let understands: [EventType]? = [ThingChanged.eventType]
    var hangs: @Sendable (StoredEvent) -> Bool = { _ in false }
    var reads = false
    let poison: @Sendable (StoredEvent) -> Bool

    func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
        if reads { _ = try chunk.all(ThingChanged.self) }
        try session.run(
            Query(
                """
                insert into poison_log (subject, sequence)
                select subject, sequence from unnest(\(chunk.events.map(\.subject)), \(chunk.events.map(\.sequence)))
                    with ordinality as e (subject, sequence, nth) order by nth
                """))
        if chunk.events.contains(where: hangs) { try session.run(Query("select pg_sleep(600)")) }
        if chunk.events.contains(where: poison) { try session.run(Query("select 1 / 0")) }
        return []
    }
}
