import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing
import Worker

@testable import Outbox

/// Snapshots that somebody holds for long: nothing can be tidied up behind them. What a lane has to read does not grow by that.
@Suite(.databases("billing", "organization"), .hangLimit) struct SnapshotFaultTests {
    private static let rounds = 6

    /// Idle transactions that have looked at everything: one in the source, one in the consumer's database, and four more readers.
    private func holdSnapshots() async throws -> [HeldTransaction] {
        var held: [HeldTransaction] = []
        for service in ["organization", "billing", "organization", "billing", "organization", "billing"] {
            let reader = try await HeldTransaction(
                on: connect(service), options: TransactionOptions(isolation: .repeatableRead, readOnly: true))
            _ = try await reader.run { session in
                try session.one(Query<Int>("select (select count(*) from outbox) + (select count(*) from checkpoints)"))
            }
            held.append(reader)
        }
        return held
    }

    /// A lane looks up each transaction that ran at its checkpoint. Those are other tests' here, as many as there happen to be.
    private func withoutOthers(_ lo: Snapshot) -> Snapshot {
        Snapshot(xmin: lo.xmax, xmax: lo.xmax)
    }

    @Test func `a lane reads as much per event in the last round as in the first`() async throws {
        try await LedgerConsumer.prepare()
        try await ThingChanged.append(10)
        #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 10)
        let held = try await holdSnapshots()
        let organization = try await connect("organization")
        try await organization.session { try WindowReader(source: "organization").prepare($0) }
        let billing = try await connect("billing")
        var openings: [Int64] = []
        var chunks: [Int64] = []
        var heads: [Int64] = []
        for round in 0..<Self.rounds {
            try await ThingChanged.append(600, first: 1_000 + UInt64(round) * 600)
            let checkpoint = try #require(try await LedgerConsumer.checkpoint())
            let open = WindowQueries.open(after: withoutOthers(checkpoint.lo))
            openings.append(try await StatementPlan(of: open.sql, on: organization).buffers)
            let opening = try await organization.session { try WindowReader(source: "").open(after: checkpoint.lo, in: $0) }
            let request = ChunkRequest(lo: checkpoint.lo, window: opening.window, after: opening.window.floor - 1, limit: 500)
            let statement = WindowQueries.statement(of: request)
            let chunk = try await StatementPlan(of: statement, on: organization)
            #expect(chunk.rows(of: "Sort") == 0)
            chunks.append(chunk.buffers)
            let head = CheckpointQueries.head(consumer: "ledger", source: "organization")
            heads.append(try await StatementPlan(of: head.sql, on: billing).buffers)
            #expect(await WorkerRun.test([LedgerConsumer()]).untilLevel().events == 600)
        }
        // A page or two more where an index has grown by a level.
        for (what, buffers) in [("opening", openings), ("chunk", chunks), ("head", heads)] {
            #expect(try #require(buffers.last) <= buffers[1] + buffers[1] / 4 + 4, "\(what): \(buffers)")
        }
        for reader in held { try await reader.rollback() }
        try await Oracle.checkLedger()
    }

    @Test func `checkpoints are found and pruned at the same price however many dead ones lie about`() async throws {
        let held = try await holdSnapshots()
        let billing = try await connect("billing")
        let store = CheckpointStore(consumer: "ledger", source: "organization")
        let epoch = try #require(Epoch("1/1/1/1"))
        var checkpoint = LaneCheckpoint.start
        let perRound: Int64 = 400
        var appends: [Int64] = []
        var heads: [Int64] = []
        var prunes: [Int64] = []
        for _ in 0..<Self.rounds {
            // As a lane does it.
            for _ in 0..<perRound {
                checkpoint.sequence += 1
                let next = checkpoint
                try await billing.transaction { session in
                    #expect(try store.append(next, epoch: epoch, at: SystemClock().now(), in: session))
                    if next.sequence % 100 == 0 { try store.prune(keeping: 100, head: next.sequence, in: session) }
                }
            }
            var next = checkpoint
            next.sequence += 1
            let append = CheckpointQueries.append(next, epoch: epoch, at: SystemClock().now(), consumer: "ledger", source: "organization")
            appends.append(try await StatementPlan(of: append.sql, on: billing).buffers)
            heads.append(
                try await StatementPlan(of: CheckpointQueries.head(consumer: "ledger", source: "organization").sql, on: billing).buffers)
            let prune = CheckpointQueries.prune(below: checkpoint.sequence - 50, consumer: "ledger", source: "organization")
            prunes.append(try await StatementPlan(of: prune.sql, on: billing).buffers)
        }
        for (what, buffers) in [("append", appends), ("head", heads), ("prune", prunes)] {
            #expect(try #require(buffers.last) <= buffers[2] + buffers[2] / 4 + 4, "\(what): \(buffers)")
        }
        #expect(try await billing.value("select count(*) from checkpoints", as: Int.self) == 100)
        for reader in held { try await reader.rollback() }
        // Nothing is in the way any more.
        try await connect("billing", as: .owner).run("vacuum checkpoints")
        let dead = "select n_dead_tup from pg_stat_user_tables where relname = 'checkpoints'" as SQL
        #expect(try await billing.value(dead, as: Int.self) == 0)
    }
}

extension WindowQueries {
    /// The statement by which a lane reads a chunk.
    static func statement(of request: ChunkRequest) -> SQL {
        chunk(request).withLiterals
    }
}
