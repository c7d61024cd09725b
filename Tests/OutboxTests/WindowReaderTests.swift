import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Outbox

/// Interleavings arranged by hand, each of which breaks one rule of reading or another. Other tests write in the same cluster meanwhile,
/// so no test here may count on being alone in it.
@Suite(.databases("organization"), .hangLimit) struct WindowReaderTests {
    private func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["organization"].connect(as: role)
    }

    private func hold(takesId: Bool = false) async throws -> HeldTransaction {
        try await HeldTransaction(on: connect(), takesId: takesId)
    }

    private func append(_ subject: UInt64, sequence: Int64 = 1, to transaction: HeldTransaction) async throws {
        _ = try await transaction.run { session in
            try OutboxWriter(service: "organization").append([try .thing(.id(subject), sequence: sequence)], in: session, context: .test)
        }
    }

    @Test func `an empty outbox has no window`() async throws {
        let lane = try await TestLane()
        #expect(try await lane.open() == false)
        #expect(await lane.checkpoint.sequence == 0)
        #expect(await lane.checkpoint.lo != LaneCheckpoint.start.lo)
        #expect(try await lane.backlog() == .init(events: 0, oldest: nil))
    }

    @Test func `the whole of an old outbox is one window in many chunks`() async throws {
        let database = try await connect()
        for number in 0..<10 { try await database.append(try (1...10).map { try .thing(.id(UInt64(number * 10 + $0))) }) }
        let lane = try await TestLane()
        #expect(try await lane.drain(limit: 30).map(\.subject) == (1...100).map { .id($0) })
        #expect(await lane.windowsRead == 1)
        #expect(await lane.chunks == [30, 30, 30, 10])
        #expect(try await lane.drain().isEmpty)
    }

    @Test func `a window whose rows fill the last chunk ends with an empty one`() async throws {
        try await connect().append(try (1...6).map { try .thing(.id($0)) })
        let lane = try await TestLane()
        #expect(try await lane.drain(limit: 3).count == 6)
        #expect(await lane.chunks == [3, 3, 0])
        // The end is a checkpoint of its own.
        #expect(await lane.checkpoint.sequence == 3)
    }

    @Test func `a lower position that commits later is not lost`() async throws {
        let slow = try await hold()
        try await append(1, to: slow)
        try await connect().append([try .thing(.id(2))])
        let lane = try await TestLane()
        #expect(try await lane.drain().map(\.subject) == [.id(2)])
        try await slow.commit()
        let late = try await lane.drain()
        #expect(late.map(\.subject) == [.id(1)])
        #expect(late.allSatisfy { $0.position < 2 })
    }

    @Test(arguments: [false, true])
    func `of one aggregate the older transaction that commits last comes last`(withBystander: Bool) async throws {
        let older = try await hold(takesId: true)
        let bystander = withBystander ? try await hold(takesId: true) : nil
        let lane = try await TestLane()
        #expect(try await lane.drain().isEmpty)
        let younger = try await hold()
        try await append(1, sequence: 1, to: younger)
        try await younger.commit()
        try await append(1, sequence: 2, to: older)
        try await older.commit()
        var seen = try await lane.drain()
        try await bystander?.commit()
        seen += try await lane.drain()
        #expect(seen.map(\.sequence) == [1, 2])
    }

    @Test func `a late transaction's rows come between the ordinary ones by position`() async throws {
        let late = try await hold(takesId: true)
        let database = try await connect()
        let lane = try await TestLane()
        try await append(1, to: late)
        try await database.append([try .thing(.id(2))])
        #expect(try await lane.drain().map(\.subject) == [.id(2)])
        try await append(3, to: late)
        try await database.append([try .thing(.id(4))])
        try await append(5, to: late)
        try await database.append([try .thing(.id(6))])
        try await late.commit()
        #expect(try await lane.drain(limit: 3).map(\.subject) == [1, 3, 4, 5, 6].map { .id($0) })
        #expect(await lane.chunks.suffix(2) == [3, 2])
    }

    @Test func `several late transactions, of which one rolled back and one wrote nothing`() async throws {
        let held = [
            try await hold(takesId: true), try await hold(takesId: true), try await hold(takesId: true), try await hold(takesId: true),
        ]
        for (number, transaction) in held.enumerated() where number != 3 { try await append(UInt64(number), to: transaction) }
        let lane = try await TestLane()
        #expect(try await lane.drain().isEmpty)
        try await held[1].rollback()
        try await held[2].commit()
        try await held[3].commit()
        #expect(try await lane.drain().map(\.subject) == [.id(2)])
        try await held[0].commit()
        #expect(try await lane.drain().map(\.subject) == [.id(0)])
        #expect(try await lane.drain().isEmpty)
    }

    @Test func `what commits while a window is read belongs to the next one`() async throws {
        let late = try await hold(takesId: true)
        let database = try await connect()
        // Its rows lie before and between those of the window, and among those that are yet to be read.
        try await append(1, to: late)
        try await database.append([try .thing(.id(2)), try .thing(.id(3)), try .thing(.id(4))])
        try await append(5, to: late)
        try await database.append([try .thing(.id(6))])
        let lane = try await TestLane()
        #expect(try await lane.open())
        #expect(try await lane.chunk(limit: 2).map(\.subject) == [.id(2), .id(3)])
        try await late.commit()
        try await database.append([try .thing(.id(7))])
        #expect(try await lane.chunk(limit: 10).map(\.subject) == [.id(4), .id(6)])
        #expect(try await lane.drain().map(\.subject) == [.id(1), .id(5), .id(7)])
    }

    /// A session may pause between drawing its position and taking its transaction's number.
    @Test func `what was applied is not read again where a new row lies before it`() async throws {
        let database = try await connect()
        try await connect(as: .superuser).run("select setval('outbox_position_seq', 10)")
        try await database.append([try .thing(.id(11))])
        let lane = try await TestLane()
        #expect(try await lane.drain().map(\.position) == [11])
        try await database.run(
            """
            insert into outbox (position, id, type, subject, sequence, time, correlation_id, actor, data, hash) overriding system value
            values (5, gen_random_uuid(), 'saas.thing.changed.v1', gen_random_uuid(), 1, now(), gen_random_uuid(), 'a', '{}', sha256(''))
            """)
        try await database.append([try .thing(.id(12))])
        #expect(try await lane.drain().map(\.position) == [5, 12])
        #expect(try await lane.drain().isEmpty)
    }

    @Test func `a writer that idles in another database holds nothing back`() async throws {
        let elsewhere = try await Connection.open(TestCluster.shared.superuserConfiguration(database: "postgres"))
        let idle = try await HeldTransaction(on: elsewhere, takesId: true)
        try await connect().append([try .thing(.id(1))])
        #expect(try await TestLane().drain().map(\.subject) == [.id(1)])
        try await idle.rollback()
    }

    @Test func `a long transaction that only reads holds nothing back`() async throws {
        let dump = try await HeldTransaction(
            on: connect(), options: TransactionOptions(isolation: .repeatableRead, readOnly: true))
        _ = try await dump.run { try $0.one(Query<Int>("select count(*) from outbox")) }
        try await connect().append([try .thing(.id(1))])
        let lane = try await TestLane()
        #expect(try await lane.drain().map(\.subject) == [.id(1)])
        try await dump.rollback()
        #expect(try await lane.drain().isEmpty)
    }

    @Test func `rows of a savepoint come with their transaction, rows undone by one never`() async throws {
        struct Undone: Error {}
        let writer = try await hold(takesId: true)
        let lane = try await TestLane()
        try await writer.run { session in
            let outbox = OutboxWriter(service: "organization")
            try session.savepoint { _ = try outbox.append([try .thing(.id(1))], in: session, context: .test) }
            do {
                try session.savepoint {
                    try outbox.append([try .thing(.id(2))], in: session, context: .test)
                    throw Undone()
                }
            } catch is Undone {}
            try session.savepoint { _ = try outbox.append([try .thing(.id(3))], in: session, context: .test) }
        }
        #expect(try await lane.drain().isEmpty)
        try await writer.commit()
        #expect(try await lane.drain().map(\.subject) == [.id(1), .id(3)])
    }

    @Test func `a chunk is cut by bytes, but has one event at least, and the window goes on`() async throws {
        let database = try await connect()
        let text = String(repeating: "x", count: 400)
        try await database.append(try (1...7).map { try .thing(.id($0), text: $0 == 5 ? text + text + text : text) })
        let lane = try await TestLane(chunkBytes: 1_000)
        #expect(try await lane.drain(limit: 100).map(\.subject) == (1...7).map { .id($0) })
        // Each has some 460 bytes and the fifth 1,260: the row that crosses the limit is the last of its chunk.
        #expect(await lane.chunks == [3, 2, 2])
        #expect(await lane.windowsRead == 1)
        let narrow = try await TestLane(chunkBytes: 1)
        #expect(try await narrow.drain(limit: 100).count == 7)
        // That nothing follows the seventh, with which the limit is reached too, shows when there is nothing more to read.
        #expect(await narrow.chunks == [1, 1, 1, 1, 1, 1, 1, 0])
    }

    @Test func `a chunk full by count and by bytes at once does not end its window`() async throws {
        try await connect().append(try (1...4).map { try .thing(.id($0)) })
        let lane = try await TestLane(chunkBytes: 1)
        #expect(try await lane.drain(limit: 1).count == 4)
    }

    @Test(arguments: ["time = 'infinity'", "time = '-infinity'", "sequence = 0", "hash = substr(hash, 2)", "hash = hash || hash"])
    func `a row that no event can be is named, and nothing is read`(damage: String) async throws {
        let database = try await connect()
        try await database.append([try .thing(.id(1)), try .thing(.id(2)), try .thing(.id(3))])
        try await connect(as: .superuser).run("update outbox set \(unsafeRaw: damage) where position = 2")
        let lane = try await TestLane()
        let error = try await #require(throws: UnreadableRow.self) { try await lane.drain() }
        #expect(error.failure.code.name == "EVENT_UNREADABLE")
        #expect(error.position == 2)
    }

    @Test func `the backlog counts what is committed and not applied`() async throws {
        let database = try await connect()
        let early = Timestamp(year: 2026, month: 1, day: 1)
        let late = try await hold(takesId: true)
        try await append(1, to: late)
        try await database.append([try .thing(.id(2))], context: OperationContext(now: early, actor: .service("x"), correlationId: .id(3)))
        try await database.append(try (3...7).map { try .thing(.id($0)) })
        let lane = try await TestLane()
        #expect(try await lane.backlog() == .init(events: 6, oldest: early))
        #expect(try await lane.open())
        #expect(try await lane.chunk(limit: 2).count == 2)
        #expect(try await lane.backlog() == .init(events: 4, oldest: OperationContext.test.now))
        try await late.commit()
        #expect(try await lane.backlog().events == 5)
        #expect(try await lane.drain(limit: 3).count == 5)
        #expect(try await lane.backlog() == .init(events: 0, oldest: nil))
    }

    @Test func `a late transaction is backlog while its window is half read`() async throws {
        let late = try await hold(takesId: true)
        let lane = try await TestLane()
        #expect(try await lane.drain().isEmpty)
        for subject in 1...4 { try await append(UInt64(subject), to: late) }
        #expect(try await lane.backlog().events == 0)
        try await late.commit()
        #expect(try await lane.backlog().events == 4)
        #expect(try await lane.open())
        #expect(try await lane.chunk(limit: 3).count == 3)
        #expect(try await lane.backlog().events == 1)
    }

    @Test func `a source that went back to an older backup is noticed by its snapshot`() async throws {
        let ahead = LaneCheckpoint(
            lo: Snapshot(xmin: Xid8(1 << 40 | 5), xmax: Xid8(1 << 40 | 5)), window: nil, position: 5, sequence: 1, tail: [], events: 5)
        let lane = try await TestLane(resuming: ahead)
        let stop = try await #require(throws: LaneStop.self) { try await lane.open() }
        #expect(stop.failure.code.name == "LANE_SOURCE_RESTORED")
    }

    @Test func `the identity is the cluster's, the database's and the outbox's`() async throws {
        let windows = WindowReader(source: "organization")
        func epoch(_ database: Connection) async throws -> Epoch { try await database.session { try windows.identify(in: $0) } }
        let organization = try await connect()
        let first = try await epoch(organization)
        #expect(try await epoch(connect()) == first)
        #expect(first.timeline == 1)
        let other = try await withDatabases("billing") { try await epoch($0["billing"].connect()) }
        #expect(other.systemIdentifier == first.systemIdentifier)
        #expect(other.database != first.database)
        // A table restored beside the old one has another identity.
        try await connect(as: .owner).session { session in
            try session.script("alter table outbox rename to outbox_old; create table outbox (like outbox_old including all)")
            try session.script("grant select on outbox to saasctl_app")
        }
        let remade = try await epoch(organization)
        #expect(remade.database == first.database)
        #expect(remade.outbox != first.outbox)
    }

    @Test func `the tail has to be there, position and id`() async throws {
        let database = try await connect()
        let ids = try await database.append(try (1...3).map { try .thing(.id($0)) })
        let windows = WindowReader(source: "organization")
        func isIntact(_ tail: [(Int64, UUID)]) async throws -> Bool {
            let tail = tail.map { LaneCheckpoint.Tail(position: $0.0, id: $0.1) }
            return try await database.session { try windows.holds(tail, in: $0) }
        }
        #expect(try await isIntact([]))
        #expect(try await isIntact([(1, ids[0]), (3, ids[2])]))
        #expect(try await !isIntact([(1, ids[0]), (3, ids[1])]))
        #expect(try await !isIntact([(3, ids[2]), (4, .id(4))]))
    }
}
