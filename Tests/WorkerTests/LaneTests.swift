import FoundationEssentials
import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing
import Worker

/// One lane and what can become of it.
@Suite(.databases("billing", "organization"), .hangLimit) struct LaneTests {
    private func run(_ consumer: ProbeConsumer, stop: StopSignal = StopSignal(), maxRuntime: Duration? = nil) async -> WorkerReport {
        await WorkerRun.test([consumer], stop: stop, maxRuntime: maxRuntime).untilLevel()
    }

    // MARK: Chunks

    @Test func `what was applied is not applied again, and what comes later is`() async throws {
        try await ThingChanged.append(3)
        #expect(await run(ProbeConsumer()).events == 3)
        #expect(await run(ProbeConsumer()).events == 0)
        try await ThingChanged.append(2, first: 4)
        let report = await run(ProbeConsumer())
        #expect(report.events == 2)
        #expect(report.summary == ["probe<organization level"])
        #expect(try await ProbeConsumer.effects() == 5)
        #expect(try await ProbeConsumer.checkpoint()?.events == 5)
        #expect(try await ProbeConsumer.checkpoint()?.sequence == 2)
    }

    @Test func `many events come in chunks, each with its checkpoint`() async throws {
        try await ThingChanged.append(1_200)
        #expect(await run(ProbeConsumer()).events == 1_200)
        let checkpoint = try #require(try await ProbeConsumer.checkpoint())
        #expect(checkpoint.events == 1_200)
        #expect((2...3).contains(checkpoint.sequence))
        #expect(checkpoint.tail.map(\.position) == [1_197, 1_198, 1_199, 1_200])
        #expect(checkpoint.window == nil)
    }

    @Test func `what a consumer tells in the same transaction is told once`() async throws {
        try await ThingChanged.append(2)
        let teller = ProbeConsumer { chunk, _ in
            try chunk.events.map {
                try PendingEvent(ThingChanged(number: 9), subject: $0.subject, sequence: 1, organization: nil, causedBy: $0)
            }
        }
        #expect(await run(teller).failure == nil)
        #expect(await run(teller).failure == nil)
        let told = try await connect("billing").values("select causation_id from outbox order by position", as: UUID.self)
        #expect(told == (try await connect("organization").values("select id from outbox order by position", as: UUID.self)))
    }

    @Test func `old checkpoints go, the head stays`() async throws {
        try await ThingChanged.append(1)
        #expect(await run(ProbeConsumer()).failure == nil)
        // As if this lane had come a long way.
        try await connect("billing", as: .superuser).run(
            "insert into checkpoints select consumer, source, g, lo, hi, floor, ceil, late, position, epoch, tail_positions, tail_ids, events, applied_at from checkpoints, generate_series(2, 299) as g"
        )
        try await ThingChanged.append(1, first: 2)
        #expect(await run(ProbeConsumer()).events == 1)
        let kept = try await connect("billing").values("select seq from checkpoints order by seq", as: Int64.self)
        #expect(kept == Array(201...300))
    }

    // MARK: Stopping

    @Test func `a stop ends the run after the chunk in hand, which is kept`() async throws {
        try await ThingChanged.append(1_200)
        let stop = StopSignal()
        let report = await run(
            ProbeConsumer { _, _ in
                stop.request(); return []
            }, stop: stop)
        #expect(report.summary == ["probe<organization interrupted"])
        #expect(report.failure == nil)
        #expect(report.events == 500)
        #expect(try await ProbeConsumer.effects() == 500)
        #expect(try await ProbeConsumer.checkpoint()?.window != nil)
        // The next run goes on in the middle of the window.
        #expect(await run(ProbeConsumer()).events == 700)
        #expect(try await ProbeConsumer.effects() == 1_200)
    }

    @Test func `without time nothing is begun`() async throws {
        try await ThingChanged.append(3)
        let report = await run(ProbeConsumer(), maxRuntime: .zero)
        #expect(report.summary == ["probe<organization interrupted"])
        #expect(report.events == 0)
        #expect(try await ProbeConsumer.checkpoint() == nil)
    }

    @Test func `time that is up ends the run like a stop`() async throws {
        try await ThingChanged.append(1_200)
        let slow = ProbeConsumer { _, session in
            try session.run(Query("select pg_sleep(1.2)"))
            return []
        }
        let report = await run(slow, maxRuntime: .seconds(1))
        #expect(report.summary == ["probe<organization interrupted"])
        // None where even connecting took so long.
        #expect([0, 500].contains(report.events))
        #expect(try await ProbeConsumer.effects() == report.events)
    }

    // MARK: Two workers

    @Test func `a lane that somebody else holds is left to them`() async throws {
        try await ThingChanged.append(3)
        let other = try await connect("billing")
        let store = CheckpointStore(consumer: "probe", source: "organization")
        #expect(try await other.session { try store.tryLock(in: $0) })
        let report = await run(ProbeConsumer())
        #expect(report.summary == ["probe<organization locked"])
        #expect(report.failure == nil)
        #expect(try await ProbeConsumer.effects() == 0)
        try await other.session { try store.unlock(in: $0) }
        #expect(await run(ProbeConsumer()).events == 3)
    }

    @Test func `a run lets go of its lanes, whatever became of them`() async throws {
        try await ThingChanged.append(3)
        struct Refused: Error {}
        #expect(await run(ProbeConsumer { _, _ in throw Refused() }).failure != nil)
        #expect(await run(ProbeConsumer()).events == 3)
        let store = CheckpointStore(consumer: "probe", source: "organization")
        let billing = try await connect("billing")
        while try await billing.session({ try store.holder(in: $0) }) != nil { await Task.yield() }
    }

    @Test func `a lane is held only while its events are applied, so that others find it free`() async throws {
        try await ThingChanged.append(1)
        try await ThingChanged.append(1, first: 2, to: "billing")
        let held = Mutex<[Int]>([])
        let counter = ProbeConsumer(sources: ["billing", "organization"]) { _, session in
            let locks = try session.one(Query<Int>("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"))
            held.withLock { $0.append(locks) }
            return []
        }
        #expect(await run(counter).failure == nil)
        #expect(held.withLock(\.self) == [1, 1])
    }

    /// The lock may be lost with a connection that the worker does not yet know to be dead. The checkpoint decides.
    @Test func `whoever finds the checkpoint moved undoes the chunk and leaves the lane`() async throws {
        try await ThingChanged.append(3)
        let overtaken = ProbeConsumer { _, session in
            try session.run(
                Query(
                    """
                    insert into checkpoints (consumer, source, seq, lo, position, epoch, tail_positions, tail_ids, events, applied_at)
                    values ('probe', 'organization', 1, '3:3:', 0, 'x', '{}', '{}', 0, now())
                    """))
            return []
        }
        let report = await run(overtaken)
        #expect(report.summary == ["probe<organization locked"])
        #expect(report.failure == nil)
        #expect(report.events == 0)
        #expect(try await ProbeConsumer.effects() == 0)
        #expect(try await ProbeConsumer.checkpoint() == nil)
    }

    // MARK: Failing

    struct Refusal: DomainError {
        let failure = Failure(ErrorCode("REFUSED", .conflict), "refused")
    }

    @Test func `a consumer that cannot work at all stands and sets nothing aside`() async throws {
        try await ThingChanged.append(3)
        let report = await run(ProbeConsumer { _, _ in throw ConsumerNotReady(Refusal().failure) })
        #expect(report.summary == ["probe<organization stopped"])
        #expect(report.failure?.code.name == "REFUSED")
        #expect(try await ProbeConsumer.effects() == 0)
        #expect(try await ProbeConsumer.checkpoint() == nil)
        #expect(await run(ProbeConsumer()).events == 3)
    }

    @Test func `what passes by itself is told from what does not`() async throws {
        let kinds = [
            ("select from no_such_table", "stopped"),
            ("truncate plans", "stopped"), ("do $$ begin raise sqlstate '40001'; end $$", "unavailable"),
            ("do $$ begin raise sqlstate '55P03'; end $$", "unavailable"), ("do $$ begin raise sqlstate '53200'; end $$", "unavailable"),
        ]
        for (number, (statement, outcome)) in kinds.enumerated() {
            try await ThingChanged.append(1, first: UInt64(number))
            let report = await run(
                ProbeConsumer { _, session in
                    try session.script(statement)
                    return []
                })
            #expect(report.summary == ["probe<organization \(outcome)"], "\(statement)")
            #expect(try await ProbeConsumer.effects() == number, "\(statement)")
            // Nothing is left behind, so the next run goes on.
            #expect(await run(ProbeConsumer()).events == 1, "\(statement)")
        }
    }

    @Test(arguments: ["40001", "40P01"]) func `a chunk that met a rival is applied again`(sqlState: String) async throws {
        try await ThingChanged.append(3)
        let rivals = Atomic(2)
        let consumer = ProbeConsumer { _, session in
            if rivals.subtract(1, ordering: .relaxed).oldValue > 0 {
                try session.script("do $$ begin raise sqlstate '\(sqlState)'; end $$")
            }
            return []
        }
        let report = await run(consumer)
        #expect(report.summary == ["probe<organization level"])
        #expect(report.events == 3)
        #expect(try await ProbeConsumer.effects() == 3)
    }

    @Test func `a connection that dies takes its lane's chunk along, and the other lanes are unavailable, not broken`() async throws {
        try await ThingChanged.append(3)
        try await ThingChanged.append(3, first: 10, to: "billing")
        let suicide = ProbeConsumer(sources: ["billing", "organization"]) { _, session in
            try session.run(Query("select pg_terminate_backend(pg_backend_pid())"))
            return []
        }
        let report = await run(suicide)
        #expect(report.summary == ["probe<billing unavailable", "probe<organization unavailable"])
        #expect(report.failure?.code.exit == .unavailable)
        #expect(try await ProbeConsumer.effects() == 0)
        #expect(await run(ProbeConsumer(sources: ["billing", "organization"])).events == 6)
    }

    // MARK: The source

    @Test func `a source that is not the one that was read stops the lane, and says what happened`() async throws {
        try await ThingChanged.append(3)
        #expect(await run(ProbeConsumer()).failure == nil)
        let billing = try await connect("billing", as: .superuser)
        let epoch = try await billing.value("select epoch from checkpoints", as: String.self)
        try await ThingChanged.append(1, first: 4)
        let changes = [
            ("'1' || substr(epoch, strpos(epoch, '/'))", "another cluster"),
            ("regexp_replace(epoch, '^(\\d+)/\\d+', '\\1/99')", "timeline"),
            ("regexp_replace(epoch, '^(\\d+/\\d+)/\\d+', '\\1/99')", "database was dropped"),
            ("regexp_replace(epoch, '\\d+$', '99')", "outbox was dropped"),
        ]
        for (change, what) in changes {
            try await billing.run("update checkpoints set epoch = \(unsafeRaw: change)")
            let report = await run(ProbeConsumer())
            #expect(report.summary == ["probe<organization stopped"])
            #expect(report.failure?.code.name == "LANE_SOURCE_CHANGED")
            #expect(report.failure?.code.exit == .pending)
            #expect(report.failure?.message.contains(what) == true, "\(what)")
            try await billing.run("update checkpoints set epoch = \(epoch)")
        }
        #expect(try await ProbeConsumer.effects() == 3)
        #expect(await run(ProbeConsumer()).events == 1)
    }

    @Test func `a source that has lost what was applied stops the lane`() async throws {
        try await ThingChanged.append(3)
        #expect(await run(ProbeConsumer()).failure == nil)
        try await connect("organization", as: .superuser).run("delete from outbox where position = 3")
        try await ThingChanged.append(1, first: 4)
        let report = await run(ProbeConsumer())
        #expect(report.failure?.code.name == "LANE_SOURCE_RESTORED")
        #expect(report.summary == ["probe<organization stopped"])
        #expect(try await ProbeConsumer.effects() == 3)
    }

    @Test func `another event in the place of one that was applied stops the lane`() async throws {
        try await ThingChanged.append(3)
        #expect(await run(ProbeConsumer()).failure == nil)
        try await connect("organization", as: .superuser).run("update outbox set id = gen_random_uuid() where position = 3")
        #expect(await run(ProbeConsumer()).failure?.code.name == "LANE_SOURCE_RESTORED")
    }

    // MARK: Room

    private func partitions(of service: String) async throws -> Int {
        try await connect(service).value("select count(*) from outbox_partitions")
    }

    @Test func `a run keeps room ahead in the outboxes that it reads`() async throws {
        try await connect("organization", as: .superuser).run("select setval('outbox_position_seq', 6000000)")
        try await ThingChanged.append(1)
        #expect(await run(ProbeConsumer()).failure == nil)
        #expect(try await partitions(of: "organization") == 4)
        #expect(try await partitions(of: "billing") == 2)
    }

    @Test func `where no room can be made the lanes run, and the report tells`() async throws {
        try await connect("organization", as: .owner).run("revoke execute on function outbox_extend from saasctl_app")
        try await ThingChanged.append(1)
        let report = await run(ProbeConsumer())
        #expect(report.summary == ["probe<organization level"])
        #expect(report.events == 1)
        #expect(report.failure?.code == .databaseDenied)
    }

    // MARK: Types

    private func appendType(_ type: String, subject: UInt64) async throws {
        try await connect("organization").run(
            """
            insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
            values (gen_random_uuid(), \(type), \(UUID.id(subject)), 1, now(), gen_random_uuid(), 'test', '{}', sha256(''))
            """)
    }

    @Test(arguments: ["saas.thing.changed.v3", "saas.thing.changed.v99999999999999999999"])
    func `an event of a newer version than is known stops the lane before it`(_ type: String) async throws {
        try await ThingChanged.append(2)
        try await appendType(type, subject: 3)
        try await ThingChanged.append(2, first: 4)
        let report = await run(ProbeConsumer())
        #expect(report.events == 2 && report.failure?.code.name == "BINARY_OUTDATED")
        #expect(report.failure?.hint == "upgrade saasctl")
        #expect(report.failure?.message.contains(#"at position 3 of the source "organization" has type "\#(type)""#) == true)
        #expect(await run(ProbeConsumer()).events == 0)
        #expect(try await ProbeConsumer.effects() == 2)
        var upgraded = ProbeConsumer()
        upgraded.understands = nil
        #expect(await run(upgraded).events == 3)
    }

    @Test func `whoever takes events as bytes takes newer ones too`() async throws {
        try await appendType("saas.thing.changed.v3", subject: 3)
        var opaque = ProbeConsumer()
        opaque.understands = nil
        #expect(await run(opaque).events == 1)
    }

    @Test func `older versions and types of others are no trouble`() async throws {
        try await appendType("saas.thing.changed.v1", subject: 1)
        try await appendType("saas.never.heard_of.v99", subject: 2)
        let report = await run(ProbeConsumer())
        #expect(report.failure == nil)
        #expect(report.events == 2)
    }
}
