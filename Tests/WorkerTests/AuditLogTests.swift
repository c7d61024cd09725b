import Audit
import AuditEvents
import Dispatch
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// The audit log: its lanes, its sequencer and its refusal to change.
@Suite(.databases("audit", "organization"), .hangLimit) struct AuditLogTests {
    private let sources = ["audit", "organization"]

    private func run(_ consumer: AuditConsumer? = nil) async -> WorkerReport {
        await WorkerRun.test([consumer ?? AuditConsumer(sources: sources)]).untilLevel()
    }

    private func heads() async throws -> [String] {
        try await connect("audit").values("select size || ' ' || event_sequence from tree_heads order by size", as: String.self)
    }

    @Test func `every event is an entry, every entry a leaf, and each head the root of its tree`() async throws {
        // Odd sizes, so that nodes are left over on several levels.
        for (count, first) in [(UInt64(1), UInt64(1)), (2, 10), (4, 20), (23, 30)] {
            try await ThingChanged.append(count, first: first)
            try await ThingChanged.append(count, first: first, to: "audit")
            #expect(await run().failure == nil)
        }
        try await Oracle.check(readers: [.audit])
        #expect(try await connect("audit").value("select count(*) from tree_heads", as: Int.self) >= 4)
    }

    /// The event of the first head causes a second one, of which nobody is told.
    @Test func `telling of a head does not go on for ever`() async throws {
        try await ThingChanged.append(3)
        let report = await run()
        #expect(report.failure == nil)
        #expect(report.events == 4)
        #expect(try await heads() == ["3 1", "4 1"])
        #expect(await run().events == 0)
        try await ThingChanged.append(1, first: 9)
        #expect(await run().events == 2)
        #expect(try await heads() == ["3 1", "4 1", "5 2", "6 2"])
        try await Oracle.check(readers: [.audit])
    }

    @Test func `an event that the log refuses stops its lane, which names it`() async throws {
        try await ThingChanged.append(40)
        #expect(await run().failure == nil)
        try await ThingChanged.append(40, first: 41)
        try await connect("organization", as: .superuser).run(
            "update outbox set (id, time) = (select id, time from outbox where position = 7) where position = 61")
        let failure = await run().failure
        #expect(failure?.code.name == "LANE_FAILING" && failure?.hint != nil)
        #expect(failure?.message.contains("at position 61: ") == true, "\(String(describing: failure))")
    }

    @Test func `a head is told of as it is stored`() async throws {
        try await ThingChanged.append(3)
        #expect(await run().failure == nil)
        let audit = try await connect("audit")
        let told = try #require(
            try await audit.session { session in
                try session.first(Query("select \(fragment: StoredEvent.columns) from outbox") { try StoredEvent($0, source: "audit") })
            })
        let event = try told.decode(AuditHeadPublished.self)
        #expect(event.treeSize == "3")
        #expect(event.rootHash == (try await audit.value("select encode(root, 'hex') from tree_heads where size = 3", as: String.self)))
        #expect(told.subject == AuditHeadPublished.logId)
        #expect(told.sequence == 1)
        #expect(told.hash == EventHash.hash(of: told))
    }

    @Test func `the log takes events that nobody could read`() async throws {
        try await connect("organization").run(
            """
            insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
            select gen_random_uuid(), 'saas.from.the_future.v' || g, gen_random_uuid(), 1, now(), gen_random_uuid(), 'ü', '[1.0, {"a" :  1}]', sha256('')
            from generate_series(1, 5) as g
            """)
        #expect(await run().failure == nil)
        try await Oracle.check(readers: [.audit], checksHashes: false)
        let kept = try await connect("audit").value("select min(data::text) from entries where source = 'organization'", as: String.self)
        #expect(kept == #"[1.0, {"a" :  1}]"#)
    }

    /// The audit consumer, which lets a test do something each time after it has sequenced and before that is committed.
    private struct Paused: Consumer {
        let inner: AuditConsumer
        let pause: @Sendable () -> Void
        var name: String { inner.name }
        var service: String { inner.service }
        var sources: [String] { inner.sources }
        var understands: [EventType]? { inner.understands }
        let settles = true
        func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
            try inner.apply(chunk, in: session, context: context)
        }
        func settle(in session: Session, context: ConsumerContext) throws -> Settlement {
            let settlement = try inner.settle(in: session, context: context)
            if settlement.rows > 0 { pause() }
            return settlement
        }
    }

    /// The audit consumer of a worker that dies before the sequencer.
    private struct Unsequenced: Consumer {
        let inner = AuditConsumer(sources: ["organization"])
        var name: String { inner.name }
        var service: String { inner.service }
        var sources: [String] { inner.sources }
        var understands: [EventType]? { inner.understands }
        func apply(_ chunk: EventChunk, in session: Session, context: ConsumerContext) throws -> [PendingEvent] {
            try inner.apply(chunk, in: session, context: context)
        }
    }

    /// Whether somebody waits for a lock of this kind in the audit database.
    private static let waits: SQL = """
        select exists (select 1 from pg_locks as l join pg_database as d on d.oid = l.database
            where d.datname = current_database() and l.locktype = 'advisory' and not l.granted)
        """

    /// Runs a worker to its end while somebody holds the sequencer's lock.
    ///
    /// - Returns: whether it has waited for it. Then `release` is called before its end.
    private func runBeside(_ release: () async throws -> Void) async throws -> (report: WorkerReport, waited: Bool) {
        let looker = try await connect("audit")
        let isOver = Flag()
        async let running = {
            defer { isOver.raise() }
            return await run()
        }()
        var waited = false
        while !isOver.isRaised, !waited { waited = try await looker.value(Self.waits, as: Bool.self) }
        if waited { try await release() }
        return (await running, waited)
    }

    @Test func `entries that come while another worker sequences are left to it, and not left behind`() async throws {
        let (holding, signal) = AsyncStream<Void>.makeStream()
        let release = DispatchSemaphore(value: 0)
        let isFirst = Flag()
        let holder = Paused(inner: AuditConsumer(sources: sources)) {
            guard !isFirst.isRaised else { return }
            isFirst.raise()
            signal.finish()
            release.wait()
        }
        try await ThingChanged.append(3)
        async let first = WorkerRun.test([holder]).untilLevel()
        for await _ in holding {}
        // The holder has looked before these come.
        try await ThingChanged.append(2, first: 10)
        let second = try await runBeside { release.signal() }
        #expect(second.report.failure == nil && !second.waited)
        #expect(second.report.events == 2)
        #expect(try await heads() == [])
        release.signal()
        #expect(await first.failure == nil)
        try await Oracle.check(readers: [.audit])
    }

    @Test func `whether entries wait is told by the ends of indexes, also where it was planned while the log was empty`() async throws {
        let consumer = AuditConsumer(sources: sources)
        let database = try await connect("audit")
        let settle: @Sendable (Session) throws -> Settlement = { session in
            try consumer.settle(in: session, context: ConsumerContext(now: SystemClock().now()))
        }
        let owner = try await connect("audit", as: .owner)
        try await owner.run("alter table entries set (autovacuum_enabled = false)")
        // From the sixth time on the server plans no more.
        for _ in 1...10 { #expect(try await database.transaction { try settle($0) }.rows == 0) }
        try await owner.run(
            """
            insert into entries (source, ordinal, position, id, type, subject, sequence, time, correlation_id, actor, data, hash)
            select 'organization', n, n, gen_random_uuid(), 'saas.thing.changed.v2', gen_random_uuid(), 1, now(), gen_random_uuid(),
                'service:test', '{}', sha256('x') from generate_series(1, 20000) as n
            """)
        try await owner.run("insert into leaf_runs select 0, 'organization', 1, 20000, convert_to(repeat('x', 640000), 'UTF8')")
        try await database.transaction { session in
            #expect(try settle(session).rows == 0)
            let read = try session.one(
                Query<Int>("select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'entries'") { try $0.get(0) })
            #expect(read <= sources.count, "\(read) of 20000 entries")
        }
    }

    @Test func `whoever has sequenced looks once more, and finds what was left to it meanwhile`() async throws {
        let consumer = AuditConsumer(sources: ["organization"])
        let settle: @Sendable (Session) throws -> Settlement = { session in
            try consumer.settle(in: session, context: ConsumerContext(now: SystemClock().now()))
        }
        try await ThingChanged.append(3)
        #expect(await WorkerRun.test([Unsequenced()]).untilLevel().failure == nil)
        let holder = try await HeldTransaction(on: try await connect("audit"))
        let first = try await holder.run(settle)
        #expect(first.rows == 3 && first.hasMore)
        try await ThingChanged.append(2, first: 10)
        #expect(await WorkerRun.test([Unsequenced()]).untilLevel().failure == nil)
        let other = try await connect("audit")
        await #expect(throws: SettlingElsewhere.self) { try await other.transaction { try settle($0) } }
        try await holder.commit()
        let second = try await other.transaction { try settle($0) }
        #expect(second.rows == 2 && second.hasMore)
        let third = try await other.transaction { try settle($0) }
        #expect(third.rows == 0 && !third.hasMore)
    }

    @Test func `entries that were left to a worker which died get their leaves from the next run`() async throws {
        let other = try await connect("audit")
        try await other.run("select pg_advisory_lock(hashtextextended('saasctl.audit.sequencer', 0))")
        try await ThingChanged.append(3)
        let left = try await runBeside { await other.close() }
        #expect(left.report.failure == nil && !left.waited)
        #expect(try await heads() == [])
        await other.close()
        #expect(await run().failure == nil)
        try await Oracle.check(readers: [.audit])
    }

    @Test func `a worker that follows finishes what it has left to one which died`() async throws {
        let other = try await connect("audit")
        try await other.run("select pg_advisory_lock(hashtextextended('saasctl.audit.sequencer', 0))")
        try await ThingChanged.append(3)
        let stop = StopSignal()
        let pulse = FollowPulse()
        async let following = WorkerRun.test([AuditConsumer(sources: sources)], stop: stop).untilStopped(pulse: pulse)
        let looker = try await connect("audit")
        // Every lane has been looked at, and what it brought has been left to the holder.
        while try await looker.value("select count(*) < 3 from entries", as: Bool.self) || !pulse.isReady { await Task.yield() }
        #expect(try await heads() == [])
        await other.close()
        // Nothing else comes.
        while try await looker.value("select count(*) = 0 from tree_heads", as: Bool.self) { await Task.yield() }
        stop.request()
        #expect(await following.failure == nil)
        #expect(await run().failure == nil)
        try await Oracle.check(readers: [.audit])
    }

    @Test func `entries whose worker died before the sequencer get their leaves from the next run`() async throws {
        try await ThingChanged.append(3)
        #expect(await WorkerRun.test([Unsequenced()]).untilLevel().failure == nil)
        #expect(try await heads() == [])
        // No lane has anything left, but what the sequencer tells is an event of its own.
        #expect(await run().events == 1)
        #expect(try await heads() == ["3 1", "4 1"])
        try await Oracle.check(readers: [.audit])
    }

    @Test func `a head that was tampered with stops the sequencer, not the log`() async throws {
        try await ThingChanged.append(3)
        #expect(await run().failure == nil)
        try await connect("audit", as: .superuser).session { session in
            try session.script("alter table tree_heads disable trigger all; update tree_heads set frontier = '{}' where size = 4")
        }
        try await ThingChanged.append(2, first: 10)
        let report = await run()
        #expect(report.failure?.code.name == "AUDIT_TREE_DAMAGED")
        #expect(try await connect("audit").value("select count(*) from entries where source = 'organization'", as: Int.self) == 5)
    }

    // MARK: Append only

    @Test func `neither the worker's role, nor the owner, nor a replica's session changes what is written`() async throws {
        try await ThingChanged.append(3)
        #expect(await run().failure == nil)
        let before = try await Fingerprint(["audit"])
        for role in [TestDatabase.Role.app, .owner, .superuser] {
            let database = try await connect("audit", as: role)
            if role == .superuser { try await database.run("set session_replication_role = replica") }
            for change in [
                "update entries set actor = actor", "delete from entries", "truncate entries", "update leaf_runs set hashes = hashes",
                "delete from leaf_runs", "truncate leaf_runs", "update tree_heads set root = root", "delete from tree_heads",
                "truncate tree_heads",
            ] {
                let error = try await #require(throws: PostgresError.self, "\(change) as \(role)") {
                    try await database.run(SQL(unsafeRaw: change))
                }
                #expect(error.sqlState == .insufficientPrivilege, "\(change) as \(role)")
                if role != .app { #expect(error.message.contains("append-only"), "\(change) as \(role)") }
            }
        }
        let changed = try await Fingerprint(["audit"]).differences(from: before)
        #expect(changed == [])
    }

    @Test func `an entry has its place once`() async throws {
        try await ThingChanged.append(1)
        #expect(await run().failure == nil)
        let again = """
            insert into entries select source, ordinal + 100, position, id, type, subject, sequence, time, organization_id, correlation_id,
                causation_id, actor, traceparent, data, hash from entries limit 1
            """ as SQL
        let error = try await #require(throws: PostgresError.self) { try await connect("audit").run(again) }
        #expect(error.sqlState == .uniqueViolation)
    }
}
