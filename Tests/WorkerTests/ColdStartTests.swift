import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing
import Worker

@testable import Outbox

/// Many events in one window, and a planner that knows nothing of them.
@Suite(.databases("billing", "organization"), .hangLimit) struct ColdStartTests {
    enum Statistics: CaseIterable, Sendable {
        /// As in a young database whose autovacuum is off.
        case none
        /// From when the tables were almost empty.
        case early
        case recent
    }

    private static let events = 30_000

    private static func insert(_ range: String, named name: String) -> String {
        """
        insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
          select gen_random_uuid(), 'saas.thing.changed.v2', md5('\(name)' || g)::uuid, 1, now(), gen_random_uuid(), 'test', '{"number":7}', sha256('x')
          from generate_series(\(range)) as g;
        """
    }

    /// In one transaction, or in one for each hundred.
    private func append(_ count: Int, named name: String, inOneTransaction: Bool) async throws {
        let script: String
        if inOneTransaction {
            script = Self.insert("1, \(count)", named: name)
        } else {
            let hundred = Self.insert("part * 100 + 1, part * 100 + 100", named: name)
            script = "do $$ begin for part in 0..\(count / 100 - 1) loop \(hundred) commit; end loop; end $$"
        }
        try await connect("organization").session { try $0.script(script) }
    }

    @Test(arguments: Statistics.allCases, [false, true])
    func `a chunk costs what its rows cost, whatever the planner believes`(_ statistics: Statistics, inOneTransaction: Bool) async throws {
        try await LedgerConsumer.prepare()
        let owner = try await connect("organization", as: .owner)
        let late = try await HeldTransaction(on: connect("organization"))
        try await late.run { try ThingChanged.append(of: (1...50).map { ($0, 1) }, in: $0) }
        if statistics == .early { try await owner.run("analyze outbox") }
        try await append(200, named: "a", inOneTransaction: true)
        // So that the next window has a late transaction far below its floor.
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 200)
        try await append(Self.events, named: "b", inOneTransaction: inOneTransaction)
        try await late.commit()
        if statistics == .none {
            try await connect("organization", as: .superuser).run(
                "delete from pg_statistic where starelid in (select inhrelid from pg_inherits union select 'outbox'::regclass)")
        }
        if statistics == .recent { try await owner.run("analyze outbox") }

        let source = try await connect("organization")
        try await source.session { try WindowReader(source: "organization").prepare($0) }
        let lo = try #require(try await LedgerConsumer.checkpoint()).lo
        let opening = try await source.session { try WindowReader(source: "").open(after: lo, in: $0) }
        #expect(opening.window.late.count == 1)
        for after in [opening.window.floor - 1, opening.window.floor + 15_000, opening.window.ceil - 100] {
            let request = ChunkRequest(lo: lo, window: opening.window, after: after, limit: 500)
            let plan = try await StatementPlan(of: WindowQueries.statement(of: request), on: source)
            #expect(plan.rows(of: "Sort") <= 600, "\(plan)")
            #expect(plan.rows(of: "Seq Scan") == 0 && plan.rows(of: "Bitmap Heap Scan") == 0, "\(plan)")
            // The rows of a chunk lie on some thirty pages, those of the window on two thousand.
            #expect(plan.buffers < 200, "\(plan)")
        }
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == Self.events + 50)
        try await Oracle.checkLedger(checksHashes: false)
    }

    /// Looking for the next ordinary row behind all of them would be a walk through all of them for each chunk.
    @Test func `a chunk inside a large late transaction costs what its rows cost`() async throws {
        try await LedgerConsumer.prepare()
        let late = try await HeldTransaction(on: connect("organization"), takesId: true)
        try await ThingChanged.append(1)
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 1)
        try await ThingChanged.append(1, first: 2)
        let insert = Self.insert("1, 20000", named: "late")
        try await late.run { try $0.script(insert) }
        try await late.commit()
        try await ThingChanged.append(1, first: 3)

        let source = try await connect("organization")
        try await source.session { try WindowReader(source: "organization").prepare($0) }
        let lo = try #require(try await LedgerConsumer.checkpoint()).lo
        let opening = try await source.session { try WindowReader(source: "").open(after: lo, in: $0) }
        #expect(opening.window.late.count == 1 && opening.window.ceil - opening.window.floor == 20_001)
        for after in [opening.window.floor - 1, opening.window.floor + 5_000] {
            let request = ChunkRequest(lo: lo, window: opening.window, after: after, limit: 500)
            let plan = try await StatementPlan(of: WindowQueries.statement(of: request), on: source)
            #expect(plan.buffers < 200, "\(plan)")
        }
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 20_002)
        try await Oracle.checkLedger(checksHashes: false)
    }
}
