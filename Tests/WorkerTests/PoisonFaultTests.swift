import Audit
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Worker

/// Events that cannot be applied, wherever they stand and whatever is wrong with them. The oracle knows what has to wait and what has not.
@Suite(.databases("audit", "billing", "organization"), .hangLimit) struct PoisonFaultTests {
    private static let start = Timestamp(year: 2026, month: 3, day: 1)

    /// - Parameter hour: after the first run; every letter is due by then.
    private func run(_ consumers: any Consumer..., hour: Int64 = 0, statementTimeout: Duration = .seconds(60)) async -> WorkerReport {
        await WorkerRun(
            consumers: consumers, databases: TestWorkerDatabases(), clock: FixedClock(Self.start.advanced(by: .seconds(3_600 * hour))),
            statementTimeout: statementTimeout
        ).untilLevel()
    }

    private func letters() async throws -> [String] {
        try await connect("billing").values(
            "select right(subject::text, 1) || '#' || sequence || ' ' || state || ' ' || attempts from dead_letters order by turn")
    }

    /// A rule of the consumer's.
    private static func refusing(_ isPoison: @escaping @Sendable (StoredEvent) -> Bool) -> LedgerConsumer {
        LedgerConsumer { event, _ in if isPoison(event) { throw LaneTests.Refusal() } }
    }

    @Test(arguments: [[1], [3], [5], [2, 4], [1, 5], [1, 2, 3, 4, 5]] as [Set<Int64>])
    func `poison first, in the middle, last and several times in one aggregate`(poison: Set<Int64>) async throws {
        try await LedgerConsumer.prepare()
        for sequence in 1...5 as ClosedRange<Int64> { try await ThingChanged.append(of: [(1, sequence), (2, sequence), (3, sequence)]) }
        let healed = Atomic<Int64>(0)
        let consumer = Self.refusing {
            $0.subject == .id(2) && poison.contains($0.sequence) && $0.sequence > healed.load(ordering: .relaxed)
        }
        for (hour, sequence) in poison.sorted().enumerated() {
            #expect(await run(consumer, hour: Int64(hour)).failure == nil)
            let behind = (sequence..<5).map { "2#\($0 + 1) parked 0" }
            #expect(try await letters() == ["2#\(sequence) retrying 1"] + behind)
            #expect(try await LedgerConsumer.applied() == 10 + Int(sequence) - 1)
            try await Oracle.checkLedger()
            healed.store(sequence, ordering: .relaxed)
        }
        #expect(await run(consumer, hour: 10).failure == nil)
        #expect(try await letters() == [])
        try await Oracle.checkLedger()
    }

    @Test func `an error that quotes what PostgreSQL cannot store is kept all the same`() async throws {
        struct Quoting: DomainError {
            let failure = Failure(.invalidValue, "no role \"ow\0ner\"", details: ["in a \0 line"])
        }
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(3)
        let consumer = LedgerConsumer { event, _ in if event.subject == .id(2) { throw Quoting() } }
        #expect(await run(consumer).failure == nil)
        #expect(try await connect("billing").values("select error from dead_letters", as: String.self) == ["no role \"ow\u{FFFD}ner\""])
        #expect(try await LedgerConsumer.applied() == 2)
    }

    @Test func `a wholly poisoned type among healthy ones stops the lane and parks nothing`() async throws {
        try await LedgerConsumer.prepare()
        struct GadgetChanged: DomainEvent {
            static let eventType = EventType("saas.gadget.changed", version: 1)
            static let aggregateType = "gadget"
            let number: UInt64
        }
        let gadgets = try (101...140 as ClosedRange<UInt64>).map {
            try PendingEvent(GadgetChanged(number: $0), subject: .id($0), sequence: 1, organization: nil)
        }
        try await ThingChanged.append(30)
        try await connect("organization").transaction {
            _ = try OutboxWriter(service: "organization").append(gadgets, in: $0, context: ThingChanged.context)
        }
        try await ThingChanged.append(10, first: 50)
        let reader = OracleReader.other(
            "ledger", of: "billing", reading: ["organization"], types: ["saas.thing.changed", "saas.gadget.changed"], ledger: "ledger")
        var broken = Self.refusing { $0.type.hasPrefix("saas.gadget") }
        broken.understands = [ThingChanged.eventType, GadgetChanged.eventType]
        for _ in 0..<2 {
            let report = await run(broken)
            #expect(report.failure?.code.name == "LANE_FAILING" && report.failure?.code.exit == .pending)
            #expect(report.summary == ["ledger<organization stopped"])
            #expect(try await letters() == [])
            try await Oracle.check(readers: [reader], standing: ["ledger<organization"])
        }
        var mended = LedgerConsumer()
        mended.understands = broken.understands
        #expect(await run(mended).events == 80)
        try await Oracle.check(readers: [reader])
    }

    /// Waits in the consumer's database until the test has appended more, in the middle of the retry's transaction.
    @Test(arguments: [false, true]) func `an aggregate that grows while it is tried again keeps its order`(isHealed: Bool) async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(of: [(1, 1), (2, 1), (1, 2)])
        let poison = Self.refusing { $0.subject == .id(1) && $0.sequence == 1 }
        #expect(await run(poison).failure == nil)
        let gate = try await HeldTransaction(on: connect("billing"))
        _ = try await gate.run { try $0.run(Query("select pg_advisory_xact_lock(77)")) }
        let isFirst = Atomic(true)
        let waiting = LedgerConsumer { event, session in
            guard event.subject == .id(1), event.sequence == 1 else { return }
            if isFirst.exchange(false, ordering: .relaxed) { try session.run(Query("select pg_advisory_xact_lock_shared(77)")) }
            if !isHealed { throw LaneTests.Refusal() }
        }
        async let report = run(waiting, hour: 1)
        let looker = try await connect("billing", as: .superuser)
        let isWaiting = """
            select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
            """ as SQL
        while try await !looker.value(isWaiting, as: Bool.self) { try await Task.sleep(for: .milliseconds(2)) }
        try await ThingChanged.append(of: [(1, 3), (2, 2)])
        try await gate.commit()
        #expect(await report.failure == nil)
        #expect(try await letters() == (isHealed ? [] : ["1#1 retrying 2", "1#2 parked 0", "1#3 parked 0"]))
        try await Oracle.checkLedger()
        #expect(await run(LedgerConsumer(), hour: 9).failure == nil)
        #expect(try await LedgerConsumer.applied() == 5)
        try await Oracle.checkLedger()
    }

    // MARK: Hanging

    @Test func `an event that hangs alone is set aside after it has hung again and again`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(of: (1...9).map { ($0, 1) } + [(5, 2)])
        let alone = Atomic(0)
        let consumer = LedgerConsumer { event, session in
            guard event.subject == .id(5), event.sequence == 1 else { return }
            alone.add(1, ordering: .relaxed)
            try session.run(Query("select pg_sleep(600)"))
        }
        #expect(await run(consumer, statementTimeout: .milliseconds(500)).failure == nil)
        #expect(try await letters() == ["5#1 retrying 1", "5#2 parked 0"])
        // Together, with ever fewer others, and three times by itself.
        #expect(alone.load(ordering: .relaxed) >= 6)
        try await Oracle.checkLedger()
    }

    @Test func `an event that is slow once is not blamed`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(of: (1...4).map { ($0, 1) })
        let left = Atomic(4)
        // With the others, with one other, alone, and alone again.
        let consumer = LedgerConsumer { event, session in
            guard event.subject == .id(2), left.subtract(1, ordering: .relaxed).oldValue > 0 else { return }
            try session.run(Query("select pg_sleep(600)"))
        }
        #expect(await run(consumer, statementTimeout: .milliseconds(500)).failure == nil)
        #expect(try await letters() == [])
        #expect(try await LedgerConsumer.applied() == 4)
        try await Oracle.checkLedger()
    }

    // MARK: By hand

    private func appendByHand(type: String = ThingChanged.eventType.description, subject: UInt64, sequence: Int64 = 1, data: String)
        async throws
    {
        try await connect("organization").run(
            """
            insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
            values (gen_random_uuid(), \(type), \(UUID.id(subject)), \(sequence), now(), gen_random_uuid(), 'hand', \(data)::json, sha256('hand'))
            """)
    }

    @Test func `data that fits no schema is the fault of its event alone, and in the log all the same`() async throws {
        try await LedgerConsumer.prepare()
        let misfits = [
            "null", "[]", "7", #""text""#, "{}", #"{"number":"7"}"#, #"{"number":-1}"#, #"{"number":18446744073709551616}"#,
            #"{"number":1e400}"#,
            #"{"number":1.5}"#, #"{"number":null}"#, #"{"NUMBER":7}"#, #"{"number":"\u0000"}"#, #"{"number":[[[[7]]]]}"#,
        ]
        for (index, data) in misfits.enumerated() {
            try await ThingChanged.append(of: [(UInt64(index) + 100, 1)])
            try await appendByHand(subject: UInt64(index) + 1, data: data)
            try await ThingChanged.append(of: [(UInt64(index) + 1, 2)])
        }
        let audit = AuditConsumer(sources: ["organization"])
        let report = await run(LedgerConsumer(), audit)
        #expect(report.failure == nil)
        let codes = "select distinct error_code from dead_letters where state = 'retrying'" as SQL
        #expect(try await connect("billing").values(codes, as: String.self) == ["EVENT_UNREADABLE"])
        #expect(report.lane("ledger<organization")?.deadLetters.retrying == Int64(misfits.count))
        #expect(try await LedgerConsumer.applied() == misfits.count)
        var log = OracleReader.audit
        log.sources = ["organization"]
        try await Oracle.check(readers: [LedgerConsumer.reader, log], checksHashes: false)
    }

    @Test func `types that nobody has heard of pass, a newer version stops the lane until the upgrade`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(of: [(1, 1)])
        try await appendByHand(type: "saas.never.heard_of.v7", subject: 1, sequence: 2, data: "{}")
        try await ThingChanged.append(of: [(1, 3)])
        let audit = AuditConsumer(sources: ["organization"])
        #expect(await run(LedgerConsumer(), audit).failure == nil)
        try await appendByHand(type: "saas.thing.changed.v3", subject: 1, sequence: 4, data: #"{"number":4,"more":true}"#)
        try await ThingChanged.append(of: [(1, 5), (2, 1)])
        var log = OracleReader.audit
        log.sources = ["organization"]
        for _ in 0..<2 {
            let report = await run(LedgerConsumer(), audit)
            #expect(report.failure?.code.name == "BINARY_OUTDATED")
            #expect(report.lane("ledger<organization")?.outcome.name == "stopped")
            #expect(report.lane("audit<organization")?.outcome.name == "level")
            #expect(try await LedgerConsumer.applied() == 2)
            try await Oracle.check(readers: [LedgerConsumer.reader, log], standing: ["ledger<organization"], checksHashes: false)
        }
        var upgraded = LedgerConsumer()
        upgraded.understands = [EventType("saas.thing.changed", version: 3)]
        #expect(await run(upgraded, audit).failure == nil)
        #expect(try await LedgerConsumer.applied() == 5)
        try await Oracle.check(readers: [LedgerConsumer.reader, log], checksHashes: false)
    }

    // MARK: Large

    @Test func `events of a megabyte come in chunks of a few, and park like others`() async throws {
        try await LedgerConsumer.prepare()
        let large = String(repeating: "x", count: 1 << 20)
        let count = 60
        for number in 1...UInt64(count) {
            try await appendByHand(subject: number, data: #"{"number":\#(number),"text":"\#(large)"}"#)
        }
        try await ThingChanged.append(300, first: 1_000)
        let largest = Mutex((events: 0, bytes: 0))
        struct Weighing: Consumer {
            let inner: LedgerConsumer
            let weigh: @Sendable (EventChunk) -> Void
            var name: String { inner.name }
            var service: String { inner.service }
            var sources: [String] { inner.sources }
            var understands: [EventType]? { inner.understands }
            func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
                weigh(chunk)
                return try inner.apply(chunk, in: session, context: context)
            }
        }
        let poisoned = Self.refusing { $0.subject == .id(30) }
        let consumer = Weighing(inner: poisoned) { chunk in
            let bytes = chunk.events.reduce(0) { $0 + $1.data.utf8.count }
            largest.withLock { $0 = (max($0.events, chunk.events.count), max($0.bytes, bytes)) }
        }
        let audit = AuditConsumer(sources: ["organization"])
        #expect(await run(consumer, audit).failure == nil)
        #expect(largest.withLock { $0.bytes } <= 5 << 20 + 1_000)
        #expect(try await LedgerConsumer.applied() == count - 1 + 300)
        var log = OracleReader.audit
        log.sources = ["organization"]
        try await Oracle.check(readers: [LedgerConsumer.reader, log], checksHashes: false)
        #expect(await run(LedgerConsumer(), hour: 1).events == 1)
        try await Oracle.check(readers: [LedgerConsumer.reader, log], checksHashes: false)
    }
}
