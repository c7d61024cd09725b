import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// What is dropped, what stays, and what is left behind.
@Suite(.databases("organization"), .hangLimit) struct RetentionTests {
    @Test func `partitions that all have passed go, oldest first, and are recorded`() async throws {
        let outbox = try await RetentionFixture()
        let events = try await outbox.database.storedEvents()
        let lane = try await TestLane()
        #expect(try await lane.drain().count == 15)
        let readers = [await outbox.reader(lane), try await outbox.levelReader(named: "billing")]
        let fates = try await outbox.prune(readers)
        #expect(
            fates.mapValues(\.action) == [1: .dropped, 1_001: .dropped, 2_001: .kept(.inUse), 3_001: .kept(.inUse)])
        #expect(try await outbox.partitions() == [2_001, 3_001])
        #expect(try await outbox.database.storedEvents() == events.suffix(5))

        let lo = await lane.checkpoint.lo
        let records = try await outbox.database.session { session in
            try session.all(
                Query<String>(
                    """
                    select concat_ws(' ', name, lower, upper, events, encode(hash, 'hex'), newest = \(OperationContext.test.now), consumers,
                        snapshots[1]::text = \(lo.text), dropped_at = newest, dropped_by)
                    from outbox_drops order by lower
                    """
                ) { try $0.get(0) })
        }
        let hashes = [events[0..<5], events[5..<10]].enumerated().map { index, events in
            hexadecimal(StoredEvent.digest(of: Array(events), lower: Int64(index) * 1_000 + 1))
        }
        #expect(
            records == [
                "outbox_000000000000001 1 1001 5 \(hashes[0]) t {audit,billing} t t organization_app",
                "outbox_000000000001001 1001 2001 5 \(hashes[1]) t {audit,billing} t t organization_app",
            ])
        #expect(fates[1]?.digest?.hash.hexadecimal == hashes[0] && fates[1]?.digest?.events == 5)

        // The lane goes on as if nothing had been, and so do those who make room.
        try await outbox.database.append([try .thing(.id(99))])
        let windows = WindowReader(source: "organization")
        let tail = await lane.checkpoint.tail
        #expect(try await outbox.database.session { try windows.holds(tail, in: $0) })
        #expect(try await lane.drain().map(\.subject) == [.id(99)])
        try await outbox.advance(to: 3_000)
        #expect(try await outbox.database.value("select outbox_extend(2, 1000)", as: Int.self) == 1)
        #expect(try await outbox.partitions() == [2_001, 3_001, 4_001])
    }

    @Test func `a dry run counts and leaves everything as it is`() async throws {
        let outbox = try await RetentionFixture()
        let before = try await DatabaseContents(of: outbox.superuser)
        let fates = try await outbox.prune([try await outbox.levelReader()], dryRun: true)
        #expect(fates.mapValues(\.action) == [1: .wouldDrop, 1_001: .wouldDrop, 2_001: .kept(.inUse), 3_001: .kept(.inUse)])
        #expect(fates[1_001]?.digest?.events == 5)
        #expect(try await DatabaseContents(of: outbox.superuser) == before)
        #expect(try await outbox.partitions() == [1, 1_001, 2_001, 3_001])
    }

    @Test func `what one consumer still needs stays, though all others have passed it`() async throws {
        let lane = try await TestLane()
        let outbox = try await RetentionFixture { outbox, partition in
            guard partition == 1 else { return }
            _ = try await lane.drain()
            try await outbox.database.append([try .thing(.id(50))])
        }
        let slow = await outbox.reader(lane, named: "billing")
        let fates = try await outbox.prune([try await outbox.levelReader(), slow])
        #expect(
            fates.mapValues(\.action) == [
                1: .dropped, 1_001: .kept(.consumerIsBehind("billing")), 2_001: .kept(.inUse), 3_001: .kept(.inUse),
            ])
        #expect(try await lane.drain().count == 6)
        #expect(try await outbox.prune([await outbox.reader(lane)])[1_001]?.action == .dropped)
    }

    @Test func `a consumer in the middle of a window keeps what the window has`() async throws {
        let outbox = try await RetentionFixture()
        let lane = try await TestLane()
        #expect(try await lane.open())
        #expect(try await lane.chunk(limit: 12).count == 12)
        let fates = try await outbox.prune([await outbox.reader(lane)])
        #expect(fates[1]?.action == .kept(.consumerIsBehind("audit")))
        #expect(fates[1_001]?.action == .kept(.olderOneStays("outbox_000000000000001")))
        #expect(try await lane.chunk(limit: 12).count == 3)
        #expect(try await outbox.prune([await outbox.reader(lane)])[1]?.action == .dropped)
    }

    @Test func `an open writer keeps its partition, and so does what it commits late until it is read`() async throws {
        let writer = try await HeldTransaction(on: RetentionFixture.connect(), takesId: true)
        let outbox = try await RetentionFixture { _, partition in
            guard partition == 0 else { return }
            _ = try await writer.run { try OutboxWriter(service: "organization").append([try .thing(.id(60))], in: $0, context: .test) }
        }
        let lane = try await TestLane()
        #expect(try await lane.drain().count == 15)
        let reader = await outbox.reader(lane)
        #expect(try await outbox.prune([reader])[1]?.action == .kept(.busy))
        #expect(try await outbox.drops().isEmpty)
        try await writer.commit()
        #expect(try await outbox.prune([reader])[1]?.action == .kept(.consumerIsBehind("audit")))
        #expect(try await lane.drain().map(\.subject) == [.id(60)])
        // The late event is the last that was applied.
        #expect(try await outbox.prune([await outbox.reader(lane)])[1]?.action == .kept(.consumerEndsHere("audit")))
        try await outbox.database.append(try (1...4).map { try .thing(.id(70 + $0)) })
        #expect(try await lane.drain().count == 4)
        let fates = try await outbox.prune([await outbox.reader(lane)])
        #expect(fates[1]?.action == .dropped && fates[1]?.digest?.events == 6)
    }

    @Test func `checkpoints of another incarnation, or none, need everything`() async throws {
        let outbox = try await RetentionFixture()
        let level = try await outbox.levelReader()
        let lane = try await TestLane()
        _ = try await lane.drain()
        let promoted = Epoch(
            systemIdentifier: outbox.epoch.systemIdentifier, timeline: outbox.epoch.timeline + 1, database: outbox.epoch.database,
            outbox: outbox.epoch.outbox)
        for (reader, reason) in [
            (await outbox.reader(lane, named: "billing", epoch: promoted), KeepReason.consumerIsInAnotherEpoch("billing")),
            (RetentionReader(consumer: "billing", head: .unreadable), .consumerIsInAnotherEpoch("billing")),
            (RetentionReader(consumer: "billing", head: .none), .consumerHasNotStarted("billing")),
        ] {
            #expect(try await outbox.prune([level, reader])[1]?.action == .kept(reason))
        }
        #expect(try await outbox.prune([])[1]?.action == .kept(.noConsumer))
        #expect(try await outbox.partitions() == [1, 1_001, 2_001, 3_001])
    }

    /// Not by the last position: times do not rise with positions.
    @Test func `one young event keeps its partition`() async throws {
        let young = RetentionFixture.cutoff
        let outbox = try await RetentionFixture { outbox, partition in
            guard partition == 1 else { return }
            let later = OperationContext(now: young, actor: .operatorAccount("ada"), correlationId: .id(3))
            try await outbox.database.append([try .thing(.id(80))], context: later)
            try await outbox.database.append([try .thing(.id(81))])
        }
        let readers = [try await outbox.levelReader()]
        #expect(
            try await outbox.prune(readers, cutoff: OperationContext.test.now)[1]?.action
                == .kept(.young(newest: OperationContext.test.now)))
        let fates = try await outbox.prune(readers)
        #expect(fates[1]?.action == .dropped && fates[1_001]?.action == .kept(.young(newest: young)))
        #expect(try await outbox.prune(readers, cutoff: young.advanced(by: .milliseconds(1)))[1_001]?.action == .dropped)
    }

    /// Otherwise the worker would take the source for one that was restored.
    @Test func `the last applied events stay, however old`() async throws {
        let outbox = try await RetentionFixture()
        try await outbox.advance(to: 3_500)
        let readers = [try await outbox.levelReader()]
        #expect(try await outbox.prune(readers)[2_001]?.action == .kept(.consumerEndsHere("audit")))
        #expect(try await outbox.partitions() == [2_001, 3_001])
    }

    @Test func `what the default partition has caught stays`() async throws {
        let outbox = try await RetentionFixture { outbox, partition in
            guard partition == 0 else { return }
            try await outbox.superuser.run(
                "insert into outbox_default select 90000, txid, id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash from outbox where position = 1"
            )
        }
        #expect(try await outbox.prune([try await outbox.levelReader()])[1_001]?.action == .dropped)
        #expect(try await outbox.database.storedEvents().last?.position == 90_000)
    }

    @Test func `a partition without events goes too`() async throws {
        let outbox = try await RetentionFixture()
        try await outbox.superuser.run("delete from outbox where position < 1001")
        let fates = try await outbox.prune([try await outbox.levelReader()])
        #expect(fates[1]?.action == .dropped && fates[1]?.digest?.events == 0)
        #expect(
            try await outbox.database.value("select hash = sha256('') and newest is null from outbox_drops where lower = 1", as: Bool.self))
    }

    @Test func `the hash counts blocks from the lower bound and leaves out those without events`() async throws {
        let database = try await RetentionFixture.connect()
        let superuser = try await RetentionFixture.connect(as: .superuser)
        for position in [100, 8_291, 8_292, 30_000, 40_098] {
            try await superuser.run("select setval('outbox_position_seq', \(position), false)")
            try await database.append([try .thing(.id(UInt64(position)))])
        }
        let events = try await database.storedEvents()
        for (lower, upper, count) in [(100, 40_100, 5), (101, 40_100, 4), (100, 40_098, 4), (50_000, 60_000, 0)] as [(Int64, Int64, Int)] {
            let counted = events.filter { $0.position >= lower && $0.position < upper }
            #expect(counted.count == count)
            let hash = try await database.value("select hash from outbox_digest(\(lower), \(upper))", as: Bytea.self).bytes
            #expect(hash == StoredEvent.digest(of: counted, lower: lower), "\(lower)")
            #expect(try await database.value("select events from outbox_digest(\(lower), \(upper))", as: Int.self) == count)
        }
    }
}
