import Analytics
import Audit
import Billing
import FoundationEssentials
import Kernel
import Notification
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Worker

/// Filling a read model anew.
@Suite(.databases("billing", "organization", "workflow", "audit"), .hangLimit) struct ReplayTests {
    private func prepare(_ things: ClosedRange<UInt64> = 1...700, rounds: Int64 = 2) async throws {
        try await Model.prepare()
        for round in 1...rounds { try await Model.append(Array(things), from: round) }
    }

    @Test func `a model that is what it should be is left alone`() async throws {
        try await prepare()
        #expect(try await Model.run(ModelConsumer(), Model.archivist()).failure == nil)
        #expect(try await Model.rows() == Model.expected())
        let before = try await Fingerprint()
        for dryRun in [true, false] {
            let report = try await Model.replay(dryRun: dryRun)
            #expect(report.outcome == .equal && report.events == 1_400, "\(report)")
            #expect(report.tables == [.init(name: "model", onlyLive: 0, onlyRebuilt: 0, differing: 0)])
        }
        #expect(try await Fingerprint().differences(from: before).isEmpty)
    }

    /// Neither the archive nor an outbox has only what the consumer reads.
    @Test func `events of others count nowhere`() async throws {
        try await prepare(1...10)
        func appendOthers() async throws {
            try await connect("organization").run(
                """
                insert into outbox (id, type, subject, sequence, time, correlation_id, actor, data, hash)
                select gen_random_uuid(), 'saas.other.happened.v1', gen_random_uuid(), 1, now(), gen_random_uuid(), 'service:test', '{}', sha256('x')
                from generate_series(1, 5)
                """)
        }
        try await appendOthers()
        try await Model.run(ModelConsumer(), Model.archivist())
        try await Model.append([1, 2], from: 3)
        try await appendOthers()
        try await Model.run(ModelConsumer())
        let lane = try await Model.replay().lanes.first
        #expect(lane?.fromArchive == 20 && lane?.fromOutbox == 2, "\(String(describing: lane))")
    }

    @Test func `what was damaged is found and mended, and nothing else is written`() async throws {
        try await prepare()
        try await Model.run(ModelConsumer(), Model.archivist())
        try await connect("billing", as: .owner).session { session in
            try session.script(
                """
                delete from model where id = '\(UUID.id(1).text)' or id = '\(UUID.id(2).text)';
                update model set events = 17 where id = '\(UUID.id(3).text)';
                insert into model values ('\(UUID.id(9_999).text)', 1, 1, 1, 0);
                """)
        }
        let damaged = try await Fingerprint()
        let untouched = try await connect("billing").value(
            "select md5(string_agg(ctid || xmin::text, ',' order by id)) from model where id > \(UUID.id(3)) and id < \(UUID.id(9_999))",
            as: String.self)
        let look = try await Model.replay(dryRun: true)
        let difference = ReplayReport.Table(name: "model", onlyLive: 1, onlyRebuilt: 2, differing: 1)
        #expect(look.outcome == .differs && look.tables == [difference])
        #expect(try await Fingerprint().differences(from: damaged).isEmpty, "a dry run writes nothing")

        let head = try #require(try await Model.head())
        let published = "select count(*) from outbox where type = 'saas.thing.changed.v2'" as SQL
        let before = try await connect("billing").value(published, as: Int.self)
        let report = try await Model.replay()
        #expect(report.outcome == .replaced && report.tables == [difference])
        #expect(try await Model.rows() == Model.expected())
        let same = try await connect("billing").value(
            "select md5(string_agg(ctid || xmin::text, ',' order by id)) from model where id > \(UUID.id(3)) and id < \(UUID.id(9_999))",
            as: String.self)
        #expect(same == untouched, "rows that were right are not written again")
        var next = head
        next.sequence += 1
        #expect(try await Model.head() == next, "the lane stands where it stood, under another number")
        let told = try await connect("billing").values(
            "select data::text from outbox where type = 'saas.consumer.replayed.v1'", as: String.self)
        #expect(told == [#"{"consumer":"model","events":1400,"removed":1,"added":2,"changed":1}"#])
        #expect(try await connect("billing").value(published, as: Int.self) == before, "what the consumer publishes in a replay is dropped")

        try await Model.append([1, 2, 3], from: 3)
        #expect(try await Model.run(ModelConsumer()).events == 3)
        #expect(try await Model.rows() == Model.expected())
    }

    @Test func `a new consumer whose source has lost its beginning stands, and is started by a replay`() async throws {
        try await prepare()
        try await Model.run(Model.archivist())
        let whole = try await Model.expected()
        let last = try await connect("organization").value("select max(position) from outbox", as: Int64.self)
        try await Model.drop(upTo: last - 100)
        let stopped = try await Model.run(ModelConsumer())
        #expect(stopped.failure?.code.name == "LANE_BEGINNING_DROPPED" && stopped.failure?.hint?.contains("worker replay") == true)
        #expect(try await Model.rows().isEmpty)
        let status = await WorkerMonitor.test([ModelConsumer()]).look()
        #expect(status.lanes.first?.state == .stopped && status.failure?.code.name == "LANE_BEGINNING_DROPPED")
        #expect(try await Model.replay(dryRun: true).outcome == .differs)

        let report = try await Model.replay()
        #expect(report.outcome == .replaced && report.lanes.first?.startsHere == true)
        #expect(try await Model.rows() == whole)
        #expect(try await Model.run(ModelConsumer()).events == 0)
        #expect(try await Model.replay().outcome == .equal)
        try await Model.append([1], from: 3)
        #expect(try await Model.run(ModelConsumer()).events == 1)
        #expect(try await Model.rows().contains { $0.hasPrefix(UUID.id(1).text) && $0.hasSuffix(" 3 0") })
    }

    @Test func `a new consumer also stands in front of rows that a rebase has retired`() async throws {
        try await prepare(1...10)
        try await Model.run(Model.archivist())
        try await connect("organization", as: .superuser).run("update outbox set txid = '2'")
        #expect(try await Model.run(ModelConsumer()).failure?.code.name == "LANE_BEGINNING_DROPPED")
    }

    @Test func `one that cannot be replayed takes what is there`() async throws {
        try await prepare(1...10)
        try await Model.run(Model.archivist())
        try await Model.drop(upTo: 15)
        #expect(await WorkerRun.test([ProbeConsumer()]).untilLevel().events == 5)
    }

    @Test func `partitions that were dropped are read from the archive`() async throws {
        try await prepare()
        try await Model.run(ModelConsumer(), Model.archivist())
        let whole = try await Model.expected()
        try await Model.drop(upTo: 1_390)
        try await connect("billing", as: .owner).run("update model set last = 0")
        #expect(try await Model.replay().tables.first?.differing == 700)
        #expect(try await Model.rows() == whole)
    }

    @Test func `a consumer that was restored from a backup older than the outbox goes on at the present`() async throws {
        try await prepare()
        let before = try await Fingerprint(["billing"])
        try await Model.run(ModelConsumer(), Model.archivist())
        #expect(try await Fingerprint(["billing"]) != before)
        let whole = try await Model.expected()
        // Back to after the first chunk, whose events are no longer in the source.
        try await connect("billing", as: .superuser).session {
            try $0.script("delete from checkpoints where seq > 1; delete from model where id > '\(UUID.id(300).text)'")
        }
        try await Model.drop(upTo: 1_390)
        let stopped = try await Model.run(ModelConsumer()).failure
        #expect(stopped?.code.name == "LANE_CONSUMER_RESTORED" && stopped?.hint?.contains("worker replay --consumer model") == true)
        let refusal = await #expect(throws: Failure.self) {
            try await WorkerRun.test([ModelConsumer()]).rebase("organization", RebaseTerms(newRows: .nothing, acceptsLoss: true))
        }
        #expect(refusal?.code.name == "REBASE_NEEDS_REPLAY" && refusal?.hint == "saasctl worker replay --consumer model")
        let report = try await Model.replay()
        #expect(report.outcome == .replaced && report.lanes.first?.startsHere == true)
        #expect(try await Model.rows() == whole)
        try await Model.append([5], from: 3)
        #expect(try await Model.run(ModelConsumer()).events == 1)
    }

    /// Both lanes of the database that was restored lack what was dropped. Only one of them can be brought up to date.
    @Test func `a rebase leaves a read model to its replay, and gives up dropped events for others only where told to`() async throws {
        try await prepare(1...10)
        try await Model.run(ModelConsumer(), ProbeConsumer(), Model.archivist())
        let billing = try await connect("billing", as: .superuser)
        try await billing.run("create table backup as table checkpoints")
        try await Model.append(Array(11...20), from: 1)
        try await Model.run(ModelConsumer(), ProbeConsumer(), Model.archivist())
        let whole = try await Model.expected()
        try await Model.drop(upTo: 25)
        try await billing.session { try $0.script("truncate checkpoints; insert into checkpoints table backup; delete from model") }

        let stopped = await WorkerRun.test([ProbeConsumer()]).untilLevel().failure
        #expect(stopped?.code.name == "LANE_CONSUMER_RESTORED" && stopped?.hint?.contains("newer backup") == true)
        let run = WorkerRun.test([ModelConsumer(), ProbeConsumer()])
        let refusal = await #expect(throws: Failure.self) { try await run.rebase("organization", RebaseTerms(newRows: .nothing)) }
        #expect(refusal?.code.name == "REBASE_LOSS" && refusal?.message.contains("has dropped events") == true)
        #expect(refusal?.details.map { String($0.prefix { $0 != ":" }) } == ["probe<organization"])

        let result = try await run.rebase("organization", RebaseTerms(newRows: .nothing, acceptsLoss: true))
        #expect(result?.map(\.way) == [.needsReplay, .goesOn])
        #expect(await WorkerRun.test([ProbeConsumer()]).untilLevel().events == 5)
        #expect(try await Model.run(ModelConsumer()).failure?.code.name == "LANE_CONSUMER_RESTORED")
        #expect(try await Model.replay().outcome == .replaced)
        #expect(try await Model.rows() == whole)
    }

    @Test func `a replay that dies leaves nothing`() async throws {
        try await prepare()
        try await Model.run(ModelConsumer(), Model.archivist())
        try await connect("billing", as: .owner).run("update model set last = 0")
        let before = try await Fingerprint()
        var dying = ModelConsumer()
        dying.body = { chunk, session in
            if chunk.events.contains(where: { $0.sequence == 2 }) {
                try session.run(Query("select pg_terminate_backend(pg_backend_pid())"))
            }
        }
        await #expect(throws: PostgresError.self) { try await Model.replay(dying) }
        let billing = try await connect("billing")
        while try await billing.value("select count(*) from pg_class where relpersistence = 't'", as: Int.self) > 0 { await Task.yield() }
        #expect(try await Fingerprint().differences(from: before).isEmpty)
        #expect(try await Model.replay().tables.first?.differing == 700)
        #expect(try await Model.rows() == Model.expected())
    }

    @Test func `a consumer cannot write to anything but its model`() async throws {
        try await prepare(1...10)
        try await Model.run(ModelConsumer(), Model.archivist())
        var straying = ModelConsumer()
        straying.body = { _, session in try session.run(Query("insert into elsewhere values (gen_random_uuid())")) }
        let before = try await Fingerprint()
        let error = await #expect(throws: PostgresError.self) { try await Model.replay(straying) }
        #expect(error?.sqlState?.code == "25006")
        #expect(try await Fingerprint().differences(from: before).isEmpty)
        straying.replay = .readModel(ReadModel(tables: ["model"], besides: ["elsewhere"]))
        #expect(try await Model.replay(straying).outcome == .equal)
    }

    @Test func `who may not be replayed says why`() async throws {
        let consumers: [any Consumer] = [
            BillingConsumer(), NotificationConsumer(), AuditConsumer(sources: ["billing"]), ProbeConsumer(),
        ]
        for consumer in consumers {
            let terms = ReplayTerms(
                operation: OperationContext(now: SystemClock().now(), actor: .operatorAccount("ada"), correlationId: .id(1)))
            let refusal = await #expect(throws: Failure.self) {
                try await WorkerRun.test([consumer]).replay(consumer, from: AuditArchive(), terms)
            }
            #expect(refusal?.code.name == "REPLAY_REFUSED" && refusal?.code.exit == .refused && refusal?.hint != nil)
        }
    }

    @Test func `an event of a newer version stops it`() async throws {
        try await prepare(1...10)
        try await Model.run(ModelConsumer(), Model.archivist())
        try await connect("audit", as: .superuser).session {
            try $0.script(
                "set session_replication_role = replica; alter table entries disable trigger all; update entries set type = 'saas.thing.changed.v3' where ordinal = 5"
            )
        }
        let failure = await #expect(throws: Failure.self) { try await Model.replay() }
        #expect(failure?.code.name == "BINARY_OUTDATED")
        #expect(failure?.message.hasPrefix("the event at position 5 of the source \"organization\" has type") == true, "\(failure as Any)")
    }

    @Test func `an archive whose lane needs a rebase is refused`() async throws {
        try await prepare(1...10)
        try await Model.run(ModelConsumer(), Model.archivist())
        try await connect("audit", as: .superuser).run("update checkpoints set epoch = regexp_replace(epoch, '^(\\d+)/\\d+', '\\1/99')")
        let failure = await #expect(throws: Failure.self) { try await Model.replay() }
        #expect(failure?.code.name == "LANE_SOURCE_CHANGED")
        #expect(failure?.hint?.hasPrefix("saasctl worker rebase organization ") == true, "\(failure as Any)")
    }
}
