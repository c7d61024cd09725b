import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("billing"), .hangLimit) struct CheckpointStoreTests {
    private let store = CheckpointStore(consumer: "billing", source: "organization")
    private let epoch = Epoch(systemIdentifier: "7501234567890123456", timeline: 1, database: 2, outbox: 3)

    private func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["billing"].connect(as: role)
    }

    private func checkpoint(_ sequence: Int64, window: Window? = nil, position: Int64 = 5, tail: Int = 2) -> LaneCheckpoint {
        LaneCheckpoint(
            lo: Snapshot(xmin: Xid8(3), xmax: Xid8(1 << 33 | 5), running: [Xid8(7), Xid8(1 << 32 | 5)]), window: window, position: position,
            sequence: sequence, tail: (0..<tail).map { .init(position: Int64($0), id: .id(UInt64($0))) }, events: 17)
    }

    private struct Lost: Error {}

    /// As the worker does it: whoever has lost the lane rolls back.
    private func append(_ checkpoint: LaneCheckpoint, to database: Connection) async throws -> Bool {
        do {
            try await database.transaction { session in
                guard try store.append(checkpoint, epoch: epoch, at: OperationContext.test.now, in: session) else { throw Lost() }
            }
            return true
        } catch is Lost {
            return false
        }
    }

    private func head(_ database: Connection) async throws -> LaneCheckpoint? {
        try await database.session { try store.head(in: $0)?.checkpoint }
    }

    @Test func `a new lane has no head`() async throws {
        #expect(try await head(connect()) == nil)
    }

    @Test func `a checkpoint between windows comes back as it was`() async throws {
        let database = try await connect()
        #expect(try await append(checkpoint(1), to: database))
        let head = try await database.session { try store.head(in: $0) }
        #expect(head?.checkpoint == checkpoint(1))
        #expect(head?.epoch == epoch)
    }

    @Test(arguments: [[], [Xid8(7), Xid8(1 << 32 | 5)]])
    func `a checkpoint inside a window comes back as it was`(late: [Xid8]) async throws {
        let database = try await connect()
        let window = Window(hi: Snapshot(xmin: Xid8(9), xmax: Xid8(1 << 34 | 5), running: [Xid8(9)]), floor: 0, ceil: 1 << 40, late: late)
        #expect(try await append(checkpoint(1, window: window, position: 1 << 39, tail: 0), to: database))
        #expect(try await head(database) == checkpoint(1, window: window, position: 1 << 39, tail: 0))
    }

    @Test func `each follows the one before, and nothing else does`() async throws {
        let database = try await connect()
        #expect(try await !append(checkpoint(2), to: database))
        #expect(try await append(checkpoint(1), to: database))
        #expect(try await !append(checkpoint(1), to: database))
        #expect(try await !append(checkpoint(3), to: database))
        #expect(try await append(checkpoint(2), to: database))
        #expect(try await head(database)?.sequence == 2)
    }

    @Test func `lanes do not know each other`() async throws {
        let database = try await connect()
        #expect(try await append(checkpoint(1), to: database))
        for other in [CheckpointStore(consumer: "billing", source: "identity"), CheckpointStore(consumer: "audit", source: "organization")]
        {
            let first = checkpoint(1)
            #expect(try await database.session { try other.head(in: $0) } == nil)
            let appended = try await database.transaction { session in
                try other.append(first, epoch: epoch, at: OperationContext.test.now, in: session)
            }
            #expect(appended)
        }
    }

    /// The second waits for the first's transaction and then has lost, or takes its place where that rolls back.
    @Test(arguments: [true, false]) func `of two workers one wins`(firstCommits: Bool) async throws {
        let first = try await HeldTransaction(on: connect())
        let wanted = checkpoint(1)
        let appended = try await first.run { [store, epoch] in
            try store.append(wanted, epoch: epoch, at: OperationContext.test.now, in: $0)
        }
        #expect(appended)
        let rival = try await connect()
        let pid = try await rival.session(\.backendPID)
        let second = Task { try await append(checkpoint(1, position: 99), to: rival) }
        try await wait(
            on: connect(as: .superuser),
            until: "exists (select 1 from pg_stat_activity where pid = \(pid) and wait_event_type = 'Lock')")
        try await firstCommits ? first.commit() : first.rollback()
        #expect(try await second.value == !firstCommits)
        #expect(try await head(connect())?.position == (firstCommits ? 5 : 99))
    }

    @Test func `many at once: each number goes to one of them`() async throws {
        let wins = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let database = try await connect()
                    var wins = 0
                    for sequence in 1...10 where try await append(checkpoint(Int64(sequence)), to: database) { wins += 1 }
                    return wins
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wins == 10)
        #expect(try await connect().values("select seq from checkpoints order by seq", as: Int64.self) == Array(1...10))
    }

    @Test func `another violation than the lane's own is an error`() async throws {
        let database = try await connect()
        let right = checkpoint(1)
        let wrong = LaneCheckpoint(lo: right.lo, window: nil, position: 5, sequence: 1, tail: [], events: -1)
        let error = try await #require(throws: PostgresError.self) { try await append(wrong, to: database) }
        #expect(error.sqlState == .checkViolation)
    }

    @Test func `pruning keeps the newest ones, and always the head`() async throws {
        let database = try await connect()
        for sequence in 1...10 { #expect(try await append(checkpoint(Int64(sequence)), to: database)) }
        let other = CheckpointStore(consumer: "billing", source: "identity")
        let first = checkpoint(1)
        try await database.transaction { session in
            _ = try other.append(first, epoch: epoch, at: OperationContext.test.now, in: session)
        }
        try await database.transaction { try store.prune(keeping: 3, head: 10, in: $0) }
        let left = "select seq from checkpoints where source = 'organization' order by seq" as SQL
        #expect(try await database.values(left, as: Int64.self) == [8, 9, 10])
        try await database.transaction { try store.prune(keeping: 1, head: 10, in: $0) }
        #expect(try await database.values(left, as: Int64.self) == [10])
        #expect(try await append(checkpoint(11), to: database))
        #expect(try await database.session { try other.head(in: $0)?.checkpoint.sequence } == 1)
    }

    @Test func `an epoch that cannot be read stops the lane`() async throws {
        let database = try await connect()
        #expect(try await append(checkpoint(1), to: database))
        try await connect(as: .superuser).run("update checkpoints set epoch = 'yesterday'")
        await #expect(throws: LaneStop.unreadableCheckpoint("yesterday")) { try await head(database) }
    }

    @Test func `a lane is held by one session, under its name, until it lets go or ends`() async throws {
        let (one, two) = (try await connect(), try await connect())
        let looker = try await connect()
        func holder() async throws -> String? { try await looker.session { try store.holder(in: $0)?.description } }
        #expect(try await holder() == nil)
        #expect(try await one.session { try store.tryLock(in: $0) })
        #expect(try await !two.session { try store.tryLock(in: $0) })
        let pid = try await one.session(\.backendPID)
        #expect(try await holder() == "saasctl tests (\(pid))")
        #expect(try await two.session { try CheckpointStore(consumer: "billing", source: "identity").tryLock(in: $0) })

        try await one.session { try store.unlock(in: $0) }
        #expect(try await holder() == nil)
        #expect(try await two.session { try store.tryLock(in: $0) })
        await two.close()
        // The server notices the end of a session a moment later.
        while try await holder() != nil { await Task.yield() }
    }

    @Test func `the role that runs the worker may add and prune, not change`() async throws {
        let database = try await connect()
        #expect(try await append(checkpoint(1), to: database))
        let error = try await #require(throws: PostgresError.self) { try await database.run("update checkpoints set position = 0") }
        #expect(error.sqlState == .insufficientPrivilege)
    }
}
