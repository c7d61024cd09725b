import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// Transactions that write and do not end, end late, or end otherwise than they began, while a worker reads. They delay nobody but their own
/// events.
@Suite(.databases("billing", "identity", "organization"), .hangLimit) struct WriterFaultTests {
    enum OpenWriter: CaseIterable, Sendable {
        case appending, inAnotherDatabase, prepared
    }

    /// A following worker, for as long as the body takes.
    private func following(_ consumer: LedgerConsumer = LedgerConsumer(), _ body: () async throws -> Void) async throws {
        let stop = StopSignal()
        async let report = WorkerRun.test([consumer], stop: stop).untilStopped()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        stop.request()
        #expect(await report.failure == nil)
        try outcome.get()
    }

    private func untilApplied(_ count: Int) async throws {
        let billing = try await connect("billing")
        while try await billing.value("select count(*) from ledger", as: Int.self) < count { try await Task.sleep(for: .milliseconds(5)) }
        await billing.close()
    }

    @Test(arguments: OpenWriter.allCases) func `a writer that does not end keeps back its own events and no other`(_ kind: OpenWriter)
        async throws
    {
        try await LedgerConsumer.prepare()
        let own: Int
        let end: () async throws -> Void
        switch kind {
        case .appending:
            let writer = try await HeldTransaction(on: connect("organization"))
            try await writer.run { try ThingChanged.append(of: [(1, 1)], in: $0) }
            (own, end) = (1, { try await writer.commit() })
        case .inAnotherDatabase:
            let writer = try await HeldTransaction(on: connect("identity"))
            try await writer.run { try ThingChanged.append(of: [(1, 1)], to: "identity", in: $0) }
            (own, end) = (0, { try await writer.commit() })
        case .prepared:
            let organization = try await connect("organization")
            let name = "\(TestDatabases.current.prefix)writer"
            try await organization.session { session in
                try session.script("begin")
                try ThingChanged.append(of: [(1, 1)], in: session)
                try session.script("prepare transaction '\(name)'")
            }
            (own, end) = (1, { try await organization.session { try $0.script("commit prepared '\(name)'") } })
        }
        try await following {
            for round in 0..<3 as Range<UInt64> {
                try await ThingChanged.append(600, first: 10 + round * 600)
                try await untilApplied(600 * Int(round + 1))
            }
            try await Oracle.checkLedger()
            try await end()
            // Later events of the same aggregate come behind it.
            try await ThingChanged.append(of: own == 1 ? [(1, 2)] : [(2, 1)])
            try await untilApplied(1_800 + own + 1)
        }
        try await Oracle.checkLedger()
    }

    @Test func `a transaction that commits many rows late is read whole, behind what came before`() async throws {
        try await LedgerConsumer.prepare()
        let writer = try await HeldTransaction(on: connect("organization"))
        for part in 0..<20 as Range<UInt64> {
            // Its positions lie among those of others, who are read meanwhile.
            try await writer.run { session in
                try ThingChanged.append(of: (0..<500).map { (1_000_000 + part * 500 + $0, 1) }, in: session)
            }
            try await ThingChanged.append(100, first: 1 + part * 100)
            if part % 5 == 4 { #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 500) }
        }
        try await Oracle.checkLedger()
        try await writer.commit()
        try await ThingChanged.append(of: (0..<500).map { (1_000_000 + $0, 2) })
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 10_500)
        try await Oracle.checkLedger()
    }

    /// What is ordered by transaction ids puts the second event of the aggregate before its first.
    @Test(arguments: [false, true]) func `who takes its id first and writes last is read last`(isReadBetween: Bool) async throws {
        try await LedgerConsumer.prepare()
        let early = try await HeldTransaction(on: connect("organization"), takesId: true)
        try await ThingChanged.append(of: [(1, 1), (2, 1)])
        if isReadBetween { #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 2) }
        try await early.run { try ThingChanged.append(of: [(1, 2), (3, 1)], in: $0) }
        try await ThingChanged.append(of: [(2, 2)])
        if isReadBetween { #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 1) }
        try await early.commit()
        try await ThingChanged.append(of: [(1, 3), (3, 2)])
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().failure == nil)
        #expect(try await LedgerConsumer.applied() == 7)
        try await Oracle.checkLedger()
    }

    @Test func `savepoints and aborts leave nothing of what they undo`() async throws {
        try await LedgerConsumer.prepare()
        struct Undone: Error {}
        let aborted = try await HeldTransaction(on: connect("organization"))
        try await aborted.run { try ThingChanged.append(of: [(1, 1), (7, 1)], in: $0) }
        try await connect("organization").transaction { session in
            try ThingChanged.append(of: [(2, 1)], in: session)
            do {
                try session.savepoint {
                    try ThingChanged.append(of: [(3, 1), (2, 2)], in: session)
                    throw Undone()
                }
            } catch is Undone {}
            // A subtransaction has an id of its own, which snapshots do not list once its parent has ended.
            try session.savepoint { try session.savepoint { try ThingChanged.append(of: [(2, 2), (4, 1)], in: session) } }
        }
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 3)
        try await aborted.rollback()
        try await ThingChanged.append(of: [(1, 1), (2, 3)])
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 2)
        try await Oracle.checkLedger()
    }

    // MARK: All of it at once

    /// Locks and counts the aggregate's row before anything is appended, as a service function does.
    private static func write(_ seed: UInt64, transactions: Int) async throws {
        var random = SeededGenerator(seed: seed)
        let things = (1...40 as ClosedRange<UInt64>).map(UUID.id)
        let connection = try await connect("organization")
        let writer = OutboxWriter(service: "organization")
        for _ in 0..<transactions {
            let plan = TransactionPlan(things, using: &random)
            do {
                try await connection.transaction { session in
                    try plan.perform(
                        in: session,
                        changing: { id, count in
                            let last = try session.one(
                                Query<Int64>("update things set sequence = sequence + \(count) where id = \(id) returning sequence"))
                            return try (last - Int64(count) + 1...last).map {
                                try PendingEvent(ThingChanged(number: UInt64($0)), subject: id, sequence: $0, organization: nil)
                            }
                        }, appending: { try writer.append($0, in: session, context: ThingChanged.context) })
                }
            } catch is TransactionPlan.RolledBack {}
        }
        await connection.close()
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func `many writers of all these kinds lose nothing and keep their order`(seed: UInt64)
        async throws
    {
        try await LedgerConsumer.prepare()
        try await connect("organization", as: .owner).session { session in
            try session.script(
                """
                create table things (id uuid primary key, sequence bigint not null default 0);
                grant all on things to saasctl_app
                """)
            try session.run(Query("insert into things select unnest(\((1...40 as ClosedRange<UInt64>).map(UUID.id)))"))
        }
        let forgotten = try await HeldTransaction(on: connect("organization"))
        try await forgotten.run { try ThingChanged.append(of: [(900, 1)], in: $0) }
        try await following {
            try await withThrowingTaskGroup { group in
                for writer in 1...6 as ClosedRange<UInt64> { group.addTask { try await Self.write(seed * 100 + writer, transactions: 60) } }
                try await group.waitForAll()
            }
            try await forgotten.commit()
        }
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().failure == nil)
        #expect(try await LedgerConsumer.applied() > 300)
        try await Oracle.checkLedger()
    }
}
