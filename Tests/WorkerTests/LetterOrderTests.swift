import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Outbox

/// Which letters may be tried, in which order, and what finding them costs.
@Suite(.databases("billing"), .hangLimit) struct LetterOrderTests {
    private static let now = Timestamp(year: 2026, month: 3, day: 1)
    private static let longest = Duration.seconds(3_600)
    private let store = DeadLetterStore(consumer: "billing", source: "organization")

    /// The event number `number` of an aggregate, as a lane sets it aside.
    private static func entry(_ aggregate: Int, _ number: Int64, _ state: DeadLetter.State, due: Duration = .zero) -> DeadLetterStore.Entry
    {
        let event = StoredEvent(
            source: "organization", position: Int64(aggregate) * 100_000 + number, id: .id(UInt64(aggregate) << 32 | UInt64(number)),
            type: "saas.thing.changed.v2", subject: .id(UInt64(aggregate)), sequence: number, time: now, organizationId: nil,
            correlationId: .id(1), causationId: nil, actor: "service:test", traceparent: nil, data: "{}",
            hash: Array(repeating: 0, count: 32))
        let fault = DeadLetter.Fault(Failure(ErrorCode("TEST", .pending), "a test"))
        switch state {
        case .parked: return .parked(event)
        case .retrying: return .failed(event, fault, dueAt: now.advanced(by: due))
        case .dead: return .failed(event, fault, dueAt: nil)
        }
    }

    private func add(_ entries: [DeadLetterStore.Entry]) async throws {
        try await connect("billing").transaction { [store] in try store.add(entries, at: Self.now, in: $0) }
    }

    private static func ready(_ store: DeadLetterStore, limit: Int = 500, in session: Session) throws -> [DeadLetter] {
        try store.ready(at: now, longest: longest, limit: limit, in: session)
    }

    private static func discard(_ aggregate: Int, _ number: Int64, in session: Session) throws {
        var filter = DeadLetterFilter()
        filter.ids = [.id(UInt64(aggregate) << 32 | UInt64(number))]
        _ = try DeadLetterDesk.discard(filter, in: session)
    }

    /// `1#2`, of what may be tried.
    private func ready(limit: Int = 500) async throws -> [String] {
        try await connect("billing").transaction { [store] session in
            try Self.ready(store, limit: limit, in: session).map { "\($0.event.position / 100_000)#\($0.event.sequence)" }
        }
    }

    private func nextAttempt() async throws -> Timestamp? {
        try await connect("billing").session { [store] in try store.nextAttempt(in: $0) }
    }

    // MARK: Order

    @Test func `ready are letters that are due, or whose time no pause leads to, with what waits behind them`() async throws {
        try await add([
            Self.entry(1, 1, .retrying), Self.entry(2, 1, .retrying, due: .seconds(10)), Self.entry(3, 1, .dead), Self.entry(1, 2, .parked),
            Self.entry(4, 1, .retrying, due: .seconds(7_200)), Self.entry(2, 2, .parked), Self.entry(3, 2, .parked),
            Self.entry(1, 3, .parked),
        ])
        #expect(try await ready() == ["1#1", "1#2", "4#1", "1#3"])
        #expect(try await nextAttempt() == Self.now)
        // What comes later waits, too.
        try await add([Self.entry(3, 3, .parked), Self.entry(1, 4, .parked)])
        #expect(try await ready() == ["1#1", "1#2", "4#1", "1#3", "1#4"])
    }

    @Test func `what waits is ready when what it waited for is gone, whoever took that out`() async throws {
        try await add([Self.entry(1, 1, .dead), Self.entry(1, 2, .parked), Self.entry(1, 3, .parked), Self.entry(2, 1, .dead)])
        #expect(try await ready() == [])
        #expect(try await nextAttempt() == nil)
        try await connect("billing").transaction { try Self.discard(1, 1, in: $0) }
        #expect(try await ready() == ["1#2", "1#3"])
        #expect(try await nextAttempt() == Self.now)
        try await connect("billing").transaction { [store] session in
            try store.remove(Array(try Self.ready(store, in: session).prefix(1)), in: session)
        }
        #expect(try await ready() == ["1#3"])
    }

    @Test func `an aggregate with many letters comes to its end step by step, and keeps no other waiting`() async throws {
        try await add([Self.entry(1, 1, .retrying)] + (2...60).map { Self.entry(1, $0, .parked) } + [Self.entry(2, 1, .retrying)])
        var tried: [[String]] = []
        while true {
            let step = try await connect("billing").transaction { [store] session in
                let ready = try Self.ready(store, limit: 25, in: session)
                try store.remove(ready, in: session)
                return ready.map { "\($0.event.position / 100_000)#\($0.event.sequence)" }
            }
            if step.isEmpty { break }
            tried.append(step)
        }
        #expect(tried.map(\.count) == [13, 25, 23])
        #expect(tried[0].last == "2#1")
        #expect(tried.joined().filter { $0 != "2#1" } == (1...60).map { "1#\($0)" })
    }

    // MARK: At the same time

    @Test func `a letter that is added while what it waits for is taken out does not wait for ever`() async throws {
        try await add([Self.entry(1, 1, .dead)])
        let (discarding, adding) = (try await connect("billing"), try await connect("billing"))
        let (_, added) = try await rivalry(
            discarding, { try Self.discard(1, 1, in: $0) },
            against: adding, { [store] in try store.add([Self.entry(1, 2, .parked)], at: Self.now, in: $0) })
        try added.get()
        #expect(try await ready() == ["1#2"])
    }

    @Test func `one that is being added is seen by whoever takes out what it waits for`() async throws {
        try await add([Self.entry(1, 1, .dead)])
        let (adding, discarding) = (try await connect("billing"), try await connect("billing"))
        let (_, discarded) = try await rivalry(
            adding, { [store] in try store.add([Self.entry(1, 2, .parked)], at: Self.now, in: $0) },
            against: discarding, { try Self.discard(1, 1, in: $0) })
        try discarded.get()
        #expect(try await ready() == ["1#2"])
    }

    @Test func `where two take out letters of one aggregate, the third is ready`() async throws {
        try await add([Self.entry(1, 1, .dead), Self.entry(1, 2, .parked), Self.entry(1, 3, .parked)])
        let (one, other) = (try await connect("billing"), try await connect("billing"))
        let (_, discarded) = try await rivalry(
            one, { try Self.discard(1, 2, in: $0) }, against: other, { try Self.discard(1, 1, in: $0) })
        try discarded.get()
        #expect(try await ready() == ["1#3"])
    }

    // MARK: Cost

    /// Half of them behind fifty of the dead ones; a quarter is dead, a quarter tried later. Of the table nothing is known, then everything.
    @Test func `a step reads what it returns, however many letters there are`() async throws {
        let database = try await connect("billing", as: .owner)
        try await database.run("alter table dead_letters set (autovacuum_enabled = false)")
        try await database.run(
            """
            insert into dead_letters (consumer, source, state, waits, attempts, due_at, parked_at, error_code, error, position, id, type, subject,
                sequence, time, correlation_id, actor, data, hash)
            select 'billing', 'organization', state, state = 'parked', 1, case when state = 'retrying' then start + n * interval '1 second' end,
                start, 'TEST', 'a test', n, gen_random_uuid(), 'saas.thing.changed.v2',
                ('00000000-0000-7000-8000-' || lpad(to_hex(case state when 'parked' then n % 50 * 2 + 2 else n end), 12, '0'))::uuid, 1, start,
                gen_random_uuid(), 'service:test', '{}', sha256('x')
            from (select n, \(Self.now)::timestamptz as start,
                case when n > 100000 then 'parked' when n % 2 = 0 then 'dead' else 'retrying' end as state
                from generate_series(1, 200000) as n) as l
            """)
        for isAnalysed in [false, true] {
            if isAnalysed { try await database.run("analyze dead_letters") }
            for (at, rows) in [(Self.now, 0), (Self.now.advanced(by: .seconds(40)), 20), (Self.now.advanced(by: .seconds(80_000)), 500)] {
                let query = DeadLetterQueries.ready(
                    at: at, horizon: at.advanced(by: .seconds(200_000)), limit: 500, consumer: "billing", source: "organization")
                let plan = try await StatementPlan(of: query.sql, on: database)
                #expect(plan.nodes.first?.rows == Int64(rows))
                // A few pages for each letter; the table has thousands.
                #expect(plan.buffers < Int64(100 + 20 * rows), "\(plan.buffers) pages for \(rows)")
            }
            let next = try await StatementPlan(
                of: DeadLetterQueries.nextAttempt(consumer: "billing", source: "organization").sql, on: database)
            #expect(next.buffers < 50, "\(next.buffers) pages")
        }
    }
}
