import Analytics
import Audit
import FoundationEssentials
import Identity
import Kernel
import Organization
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Workflow

@testable import Worker

/// Replays while everything else goes on.
@Suite(.databases("billing", "organization", "workflow", "audit"), .hangLimit) struct ReplayRaceTests {
    private static let sources = ["organization", "workflow"]

    private var consumer: ModelConsumer {
        var consumer = ModelConsumer()
        consumer.sources = Self.sources
        return consumer
    }

    /// Appends to both sources until it is told to stop: things of its own, several at once, now and then a transaction that is undone.
    private func produce(_ first: UInt64, unless stop: StopSignal) async throws {
        let connections = [try await connect(Self.sources[0]), try await connect(Self.sources[1])]
        var number: Int64 = 0
        while !stop.isRequested {
            number += 1
            for (offset, connection) in connections.enumerated() {
                let round = number
                try await connection.transaction { session in
                    try Model.insert([first + 10 * UInt64(offset)], from: round, in: session)
                    try Model.insert([first + 10 * UInt64(offset) + 1], from: round, in: session)
                }
                if round % 5 == 0 {
                    try await connection.transaction(TransactionOptions(ending: .rollback)) { session in
                        try Model.insert([first + 10 * UInt64(offset)], from: round + 1, in: session)
                    }
                }
            }
        }
        for connection in connections { await connection.close() }
    }

    @Test func `producers, a worker that follows and one replay after the other`() async throws {
        try await Model.prepare()
        let stop = StopSignal()
        let followed = StopSignal()
        let consumer = consumer
        async let follow = WorkerRun.test([consumer, Model.archivist(Self.sources)], stop: followed).untilStopped()
        try await withThrowingTaskGroup { group in
            for producer in 1...3 as ClosedRange<UInt64> { group.addTask { try await produce(producer * 100, unless: stop) } }
            group.addTask {
                defer { stop.request() }
                let vandal = try await connect("billing", as: .owner)
                for round in 1...12 {
                    // Now something to mend, now not.
                    if round % 2 == 0 { try await vandal.run("delete from model where id in (select id from model order by id limit 2)") }
                    if round % 3 == 0 {
                        try await vandal.run("update model set events = events + 1 where id in (select max(id::text)::uuid from model)")
                    }
                    let report = try await Model.replay(consumer)
                    if round % 2 == 0, report.outcome != .replaced { Issue.record("round \(round): \(report)") }
                }
                await vandal.close()
            }
            try await group.waitForAll()
        }
        followed.request()
        _ = await follow
        #expect(try await Model.run(consumer, Model.archivist(Self.sources)).failure == nil)
        #expect(try await Model.rows() == Model.expected(Self.sources))
        #expect(try await Model.replay(consumer).outcome == .equal)
    }

    /// The replay has to take the checkpoint for one that the source can go on from, however far its lane has come since the replay began.
    @Test func `a lane that goes on while a replay begins is not taken for one that cannot`() async throws {
        try await Model.prepare()
        try await Model.append([1, 2, 3], from: 1)
        let consumer = ModelConsumer()
        #expect(try await Model.run(consumer, Model.archivist()).failure == nil)
        let worker = try await HeldTransaction(on: connect("billing", as: .owner))
        _ = try await worker.run { try $0.run(Query<Void>("lock table checkpoints")) }
        async let replay = Model.replay(consumer)
        try await wait(
            on: connect("billing", as: .superuser),
            until: "exists (select from pg_locks where relation = 'checkpoints'::regclass and not granted)")
        let organization = try await connect("organization")
        _ = try await organization.value("select pg_current_xact_id()::text", as: String.self)
        let lo = try await organization.value("select pg_current_snapshot()::text", as: String.self)
        _ = try await worker.run { session in
            try session.run(
                Query<Void>(
                    """
                    insert into checkpoints (consumer, source, seq, lo, late, position, epoch, tail_positions, tail_ids, events, applied_at)
                    select consumer, source, seq + 1, \(lo)::pg_snapshot, late, position, epoch, tail_positions, tail_ids, events, applied_at
                    from checkpoints where consumer = 'model' order by seq desc limit 1
                    """))
        }
        try await worker.commit()
        let report = try await replay
        #expect(report.outcome == .equal, "\(report)")
    }

    /// A worker whose lane moves every moment, and that lets go of it when somebody else has moved it.
    private func hurry(_ stop: StopSignal) async throws -> Int {
        let connection = try await connect("billing")
        let store = CheckpointStore(consumer: "model", source: "organization")
        var taken = 0
        while !stop.isRequested {
            guard try await connection.session({ try store.tryLock(in: $0) }) else {
                await Task.yield()
                continue
            }
            do {
                while !stop.isRequested {
                    try await connection.transaction { session in
                        guard let head = try store.head(in: session) else { return }
                        var next = head.checkpoint
                        next.sequence += 1
                        // In the order of a lane: the model first.
                        try session.run(Query("update model set last = last where id = \(UUID.id(1))"))
                        _ = try session.one(Query<Bool>("select pg_sleep(0.002) is null"))
                        guard try store.append(next, epoch: head.epoch, at: SystemClock().now(), in: session) else { throw LaneTaken() }
                    }
                }
            } catch is LaneTaken {
                taken += 1
            }
            try await connection.session { try store.unlock(in: $0) }
            // A worker comes back after some seconds only.
            while !stop.isRequested, try await connection.session({ try store.holder(in: $0) }) == nil { await Task.yield() }
        }
        await connection.close()
        return taken
    }

    @Test func `a lane that is never still is taken for a moment`() async throws {
        try await Model.prepare()
        try await Model.append(Array(1...50), from: 1)
        try await Model.run(ModelConsumer(), Model.archivist())
        let stop = StopSignal()
        async let hurrying = hurry(stop)
        for _ in 1...5 {
            try await connect("billing", as: .owner).run("delete from model where id = '\(unsafeRaw: UUID.id(2).text)'")
            #expect(try await Model.replay().outcome == .replaced)
            #expect(try await Model.rows() == Model.expected())
        }
        stop.request()
        #expect(try await hurrying > 0)
    }

    @Test func `readers of the model do not wait`() async throws {
        try await Model.prepare()
        try await Model.append(Array(1...50), from: 1)
        try await Model.run(ModelConsumer(), Model.archivist())
        try await connect("billing", as: .owner).run("delete from model where id = '\(unsafeRaw: UUID.id(2).text)'")
        // A look that began before sees what was there before, to its end.
        let reader = try await connect("billing")
        try await reader.transaction(TransactionOptions(isolation: .repeatableRead)) { session in
            #expect(try session.one(Query<Int>("select count(*) from model")) == 49)
            let replayed = Mutex(false)
            Task {
                try await Model.replay(); replayed.withLock { $0 = true }
            }
            while !replayed.withLock(\.self) { _ = try session.one(Query<Bool>("select pg_sleep(0.002) is null")) }
            #expect(try session.one(Query<Int>("select count(*) from model")) == 49)
        }
        #expect(try await Model.rows() == Model.expected())
    }

    @Test func `a hundred thousand events in bounded memory`() async throws {
        try await Model.prepare()
        let superuser = try await connect("organization", as: .superuser)
        try await superuser.run(
            """
            insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
            select gen_random_uuid(), 'saas.thing.changed.v2', ('019cece3-51c7-7000-8000-' || lpad(to_hex(1 + g % 1000), 12, '0'))::uuid,
                1 + g / 1000, now(), gen_random_uuid(), 'service:test', json_build_object('number', 1, 'filler', repeat('x', 2000)), sha256('x')
            from generate_series(0, 99999) as g
            """)
        try await Model.run(Model.archivist())
        let largest = Mutex(0)
        var consumer = ModelConsumer()
        consumer.body = { chunk, _ in
            let bytes = chunk.events.reduce(0) { $0 + $1.data.utf8.count }
            largest.withLock { $0 = max($0, bytes) }
        }
        let looks = Mutex<[Int64]>([])
        let report = try await Model.replay(consumer) { progress in looks.withLock { $0.append(progress.entries) } }
        #expect(report.outcome == .replaced && report.events == 100_000)
        #expect(try await Model.rows() == Model.expected())
        #expect(largest.withLock(\.self) < 5 << 20, "a chunk is cut at about 4 MiB")
        let entries = looks.withLock(\.self)
        #expect(entries == entries.sorted() && entries.last == 100_000 && entries.count > 20)
    }
}

/// The real consumers.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct ReplayConsumerTests {
    private func replay(_ consumer: any Consumer) async throws -> ReplayReport {
        try await WorkerRun.test([consumer]).replay(
            consumer, from: AuditArchive(), ReplayTerms(operation: System.context()))
    }

    @Test func `analytics and workflow come out equal, and are mended`() async throws {
        try await System.makeFreePlan()
        for number in 1...30 {
            let user = try await System.register("user\(number)@example.org")
            _ = try await System.create("org-\(number)", owner: user.id)
        }
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        for consumer in [AnalyticsConsumer(), WorkflowConsumer()] as [any Consumer] {
            let report = try await replay(consumer)
            #expect(report.outcome == .equal, "\(report)")
        }
        let analytics = try await connect("analytics", as: .owner)
        let tables = ["event_counts", "plan_facts", "subscription_facts"]
        var whole: [String] = []
        for table in tables { whole.append(try await Self.contents(table, analytics)) }
        try await analytics.session {
            try $0.script("delete from plan_facts; update event_counts set events = 1; delete from subscription_facts where amount = 0")
        }
        #expect(try await replay(AnalyticsConsumer()).outcome == .replaced)
        for (table, before) in zip(tables, whole) { #expect(try await Self.contents(table, analytics) == before) }
        let generation = try await analytics.value("select generation::bigint from read_models", as: Int.self)
        #expect(generation == 2)
        let told = try await analytics.values(
            "select type || ' ' || sequence from outbox order by position", as: String.self)
        #expect(
            told.filter { $0.hasPrefix("saas.read_model") } == ["saas.read_model.started.v1 1", "saas.read_model.started.v1 2"], "\(told)")

        let workflow = try await connect("workflow", as: .owner)
        let caches = ["membership_cache", "entitlement_set_cache", "entitlement_cache"]
        whole = []
        for table in caches { whole.append(try await Self.contents(table, workflow)) }
        try await workflow.session {
            try $0.script(
                """
                update entitlement_set_cache set version = 7 where organization_id in (select organization_id from entitlement_set_cache limit 3);
                delete from entitlement_set_cache where organization_id in (select organization_id from entitlement_set_cache where version = 1 limit 3);
                insert into entitlement_set_cache values (gen_random_uuid(), 1);
                delete from membership_cache
                """)
        }
        #expect(try await replay(WorkflowConsumer()).outcome == .replaced)
        for (table, before) in zip(caches, whole) { #expect(try await Self.contents(table, workflow) == before) }
        #expect(await WorkerRun.test(System.consumers).untilLevel().failure == nil)
        #expect(try await replay(AnalyticsConsumer()).outcome == .equal)
    }

    private static func contents(_ table: String, _ connection: Connection) async throws -> String {
        try await connection.value("select md5(string_agg(t::text, ',' order by t::text)) from \(identifier: table) as t")
    }
}
