import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// Going on with a source that was restored.
@Suite(.databases("billing", "organization"), .hangLimit) struct RebaseTests {
    private func rebase(_ terms: RebaseTerms = RebaseTerms()) async throws -> [LaneRebase]? {
        try await WorkerRun.test([ProbeConsumer()]).rebase("organization", terms)
    }

    private func run() async -> WorkerReport { await WorkerRun.test([ProbeConsumer()]).untilLevel() }

    /// Subjects of the events that have taken effect; the table refuses none, so doubles show.
    private func effects() async throws -> [UUID] {
        try await connect("billing").values("select organization_id from entitlement_sets order by organization_id")
    }

    /// What `pg_dump` and `pg_restore` make of an outbox: the same rows, txid included, written by another transaction into another table, in a
    /// cluster whose transaction ids start low.
    private func dumpAndRestore(leavingOut lost: Int64 = 0) async throws {
        let owner = try await connect("organization", as: .superuser)
        try await owner.transaction { session in
            try session.script(
                """
                create temp table kept on commit drop as select * from outbox where position <= (select max(position) from outbox) - \(lost);
                truncate outbox;
                insert into outbox (position, txid, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor,
                        traceparent, data, hash)
                    overriding system value
                    select position, (txid::text::bigint + 1000000)::text::xid8, id, type, subject, sequence, time, organization_id, correlation_id,
                        causation_id, actor, traceparent, data, hash from kept;
                """)
        }
        // The checkpoints were written against the old numbers, far above what this cluster hands out now.
        let billing = try await connect("billing", as: .superuser)
        try await billing.run(
            """
            update checkpoints set epoch = '1' || epoch,
                lo = (select format('%s:%s:%s', pg_snapshot_xmin(lo)::text::bigint + 1000000, pg_snapshot_xmax(lo)::text::bigint + 1000000,
                    (select string_agg((x::text::bigint + 1000000)::text, ',' order by x) from pg_snapshot_xip(lo) as x))::pg_snapshot),
                hi = case when hi is not null then (select format('%s:%s:%s', pg_snapshot_xmin(hi)::text::bigint + 1000000,
                    pg_snapshot_xmax(hi)::text::bigint + 1000000,
                    (select string_agg((x::text::bigint + 1000000)::text, ',' order by x) from pg_snapshot_xip(hi) as x))::pg_snapshot) end,
                late = coalesce((select array_agg((x::text::bigint + 1000000)::text::xid8) from unnest(late) as x), '{}')
            """)
    }

    @Test func `after a dump nothing is lost and nothing doubled, whether applied before, left over or new`() async throws {
        try await ThingChanged.append(700)
        // In the middle of a window.
        let stop = StopSignal()
        let half = await WorkerRun.test(
            [
                ProbeConsumer { _, _ in
                    stop.request(); return []
                }
            ], stop: stop
        ).untilLevel()
        #expect(half.events == 500)
        try await ThingChanged.append(300, first: 701)
        try await dumpAndRestore()
        try await ThingChanged.append(50, first: 1_001)
        let stopped = await run()
        #expect(stopped.failure?.code.name == "LANE_SOURCE_CHANGED")
        #expect(stopped.failure?.hint?.contains("worker rebase") == true)

        let result = try await rebase()
        #expect(result == [LaneRebase(consumer: "probe", source: "organization", way: .startsAnew, applied: 500, lost: 0)])
        #expect(try await effects() == (1...1_000).map { UUID.id($0) })
        // Not even once this cluster has come to the ids that they had.
        let organization = try await connect("organization")
        #expect(try await organization.value("select count(*) from outbox where position <= 1000 and txid <> '2'", as: Int.self) == 0)
        #expect(await run().events == 50)
        #expect(try await effects() == (1...1_050).map { UUID.id($0) })
        #expect(try await rebase() == nil, "a second time there is nothing to do")
        try await ThingChanged.append(1, first: 1_051)
        #expect(await run().events == 1)
        #expect(
            try await connect("billing").value("select count(*) from outbox where type = 'saas.lane.rebased.v1'", as: Int.self) == 1)
    }

    @Test func `a rebase that was cut off after any of its steps is finished by the next`() async throws {
        try await ThingChanged.append(600)
        #expect(await run().events == 600)
        try await ThingChanged.append(600, first: 601)
        try await dumpAndRestore()
        try await ThingChanged.append(5, first: 1_201)
        // Some of the old rows applied.
        let stop = StopSignal()
        let cut = WorkerRun.test(
            [
                ProbeConsumer { _, _ in
                    stop.request(); return []
                }
            ], stop: stop)
        await #expect(throws: Failure.self) {
            try await cut.rebase("organization", RebaseTerms())
        }
        // The owner cannot be reached: nothing more is done.
        await #expect(throws: PostgresError.self) {
            try await WorkerRun.test([ProbeConsumer()]).rebase("organization", RebaseTerms()) {
                try await Connection.open(ConnectionConfiguration("host=/nonexistent"))
            } approve: {
                try await WorkerRun.writeDown($0)
            }
        }
        #expect(try await rebase()?.map(\.applied) == [100])
        #expect(await run().events == 5)
        #expect(try await effects() == (1...1_205).map { UUID.id($0) })
    }

    @Test func `what a promoted standby lacks is said before anything is done`() async throws {
        try await ThingChanged.append(10)
        #expect(await run().events == 10)
        try await connect("organization", as: .superuser).run("delete from outbox where position > 8")
        try await connect("billing", as: .superuser).run("update checkpoints set epoch = regexp_replace(epoch, '^(\\d+)/\\d+', '\\1/99')")
        let refusal = await #expect(throws: Failure.self) { try await rebase(RebaseTerms(newRows: .nothing)) }
        #expect(refusal?.code.name == "REBASE_LOSS" && refusal?.details == ["probe<organization: 2 of the last 4 events, or more"])
        let unsaid = await #expect(throws: Failure.self) { try await rebase(RebaseTerms(acceptsLoss: true)) }
        #expect(unsaid?.code.name == "REBASE_NEW_ROWS")
        try await ThingChanged.append(3, first: 11)
        let first = try await connect("organization").value("select max(position) - 2 from outbox", as: Int64.self)
        let result = try await rebase(RebaseTerms(newRows: .from(first), acceptsLoss: true))
        #expect(result == [LaneRebase(consumer: "probe", source: "organization", way: .goesOn, applied: 0, lost: 2)])
        #expect(await run().events == 3)
        #expect(try await effects() == (1...13).map { UUID.id($0) })
    }

    @Test func `a lane that somebody holds is not touched`() async throws {
        try await ThingChanged.append(1)
        #expect(await run().events == 1)
        try await dumpAndRestore()
        let other = try await connect("billing")
        let store = CheckpointStore(consumer: "probe", source: "organization")
        #expect(try await other.session { try store.tryLock(in: $0) })
        let refusal = await #expect(throws: Failure.self) { try await rebase() }
        #expect(refusal?.code.name == "LANE_LOCKED" && refusal?.code.exit == .tryAgain)
    }

    @Test func `a source that is what it was needs no rebase`() async throws {
        try await ThingChanged.append(2)
        #expect(await run().events == 2)
        let before = try await Fingerprint()
        #expect(try await rebase() == nil)
        #expect(try await Fingerprint().differences(from: before).isEmpty)
    }
}
