import Kernel
import Outbox
import Postgres
import Synchronization
import TestSupport
import Testing

/// Dropping among producers, readers, twins and sudden deaths.
@Suite(.databases("organization"), .hangLimit) struct RetentionConcurrencyTests {
    private static let oldest = "outbox_000000000000001"

    private func drop(_ partition: String, passed snapshots: [Snapshot], in session: Session) throws -> String {
        try session.one(
            Query(
                """
                select outbox_drop(\(partition), \(snapshots.map { _ in "audit" }), \(snapshots), 5, sha256(''), \(OperationContext.test.now),
                    \(OperationContext.test.now))
                """
            ) { try $0.get(0) })
    }

    /// The look before may be as old as it likes: the one under the lock decides.
    @Test func `under the lock each event is looked at again`() async throws {
        let early = try await TestLane()
        let outbox = try await RetentionFixture { outbox, partition in
            guard partition == 0 else { return }
            _ = try await early.drain()
            try await outbox.database.append([try .thing(.id(40))])
        }
        let behind = await early.checkpoint.lo
        _ = try await early.drain()
        let passed = await early.checkpoint.lo
        for snapshots in [[behind], [passed, behind], [behind, passed]] {
            #expect(try await outbox.database.session { try drop(Self.oldest, passed: snapshots, in: $0) } == "needed")
        }
        #expect(try await outbox.drops().isEmpty)
        #expect(try await outbox.database.session { try drop(Self.oldest, passed: [passed], in: $0) } == "dropped")
        #expect(try await outbox.database.session { try drop(Self.oldest, passed: [passed], in: $0) } == "gone")
        #expect(try await outbox.drops() == [1])
    }

    /// A transaction that ran when the snapshot was taken lies between its bounds.
    @Test func `under the lock an event of a transaction that was running is seen to be missing`() async throws {
        let writer = try await HeldTransaction(on: RetentionFixture.connect(), takesId: true)
        let lane = try await TestLane()
        let outbox = try await RetentionFixture { _, partition in
            guard partition == 0 else { return }
            _ = try await writer.run { try OutboxWriter(service: "organization").append([try .thing(.id(41))], in: $0, context: .test) }
        }
        _ = try await lane.drain()
        let lo = await lane.checkpoint.lo
        #expect(!lo.running.isEmpty)
        try await writer.commit()
        #expect(try await outbox.database.session { try drop(Self.oldest, passed: [lo], in: $0) } == "needed")
    }

    @Test func `the function refuses what the rule would not ask for`() async throws {
        let outbox = try await RetentionFixture()
        let lane = try await TestLane()
        _ = try await lane.drain()
        let lo = await lane.checkpoint.lo
        func refusal(_ partition: String, _ snapshots: [Snapshot]) async throws -> String? {
            let error = await #expect(throws: PostgresError.self) {
                try await outbox.database.session { _ = try drop(partition, passed: snapshots, in: $0) }
            }
            return error?.sqlState?.code
        }
        #expect(try await refusal(Self.oldest, []) == "22023")
        #expect(try await refusal("outbox_000000000001001", [lo]) == "55006")
        try await outbox.prune([await outbox.reader(lane)])
        #expect(try await refusal("outbox_000000000002001", [lo]) == "55006")
        #expect(try await outbox.database.session { try drop("outbox_default", passed: [lo], in: $0) } == "gone")
        #expect(try await outbox.database.session { try drop("users", passed: [lo], in: $0) } == "gone")
        let direct = await #expect(throws: PostgresError.self) { try await outbox.database.run("drop table outbox_000000000002001") }
        #expect(direct?.sqlState == .insufficientPrivilege)
        #expect(try await outbox.partitions() == [2_001, 3_001])
    }

    @Test func `in a transaction that would not see what is committed meanwhile it does nothing`() async throws {
        let outbox = try await RetentionFixture()
        let lane = try await TestLane()
        _ = try await lane.drain()
        let lo = await lane.checkpoint.lo
        for isolation in [TransactionOptions.Isolation.repeatableRead, .serializable] {
            let error = await #expect(throws: PostgresError.self) {
                try await outbox.database.transaction(TransactionOptions(isolation: isolation)) {
                    _ = try drop(Self.oldest, passed: [lo], in: $0)
                }
            }
            #expect(error?.sqlState?.code == "25000")
        }
        #expect(try await outbox.drops().isEmpty)
    }

    /// A reader holds the outbox all the time, so that every attempt has to wait, and the producer behind it.
    @Test func `producers never wait for longer than an attempt does`() async throws {
        let outbox = try await RetentionFixture()
        let readers = [try await outbox.levelReader()]
        let dump = try await HeldTransaction(on: RetentionFixture.connect(), options: TransactionOptions(readOnly: true))
        _ = try await dump.run { try $0.one(Query<Int>("select count(*) from outbox")) }
        let producer = try await RetentionFixture.connect()
        try await producer.run("set lock_timeout = '2s'")
        let isDone = Mutex(false)
        let appending = Task {
            var appended = 0
            while !isDone.withLock(\.self) {
                try await producer.append([try .thing(.id(UInt64(1_000 + appended)))])
                appended += 1
            }
            return appended
        }
        let fates = try await outbox.prune(readers, attempts: 8)
        #expect(fates[1]?.action == .kept(.busy))
        #expect(fates[1_001]?.action == .kept(.olderOneStays(Self.oldest)))
        try await dump.rollback()
        let again = try await outbox.prune(readers, attempts: 100)
        isDone.withLock { $0 = true }
        #expect(again[1]?.action == .dropped && again[1_001]?.action == .dropped)
        let appended = try await appending.value
        #expect(appended > 8)
        #expect(try await outbox.database.value("select count(*) from outbox", as: Int.self) == appended + 5)
    }

    @Test func `a partition that somebody reads by its own name stays until they are done`() async throws {
        let outbox = try await RetentionFixture()
        let readers = [try await outbox.levelReader()]
        let reading = try await HeldTransaction(on: RetentionFixture.connect(as: .superuser))
        _ = try await reading.run { try $0.one(Query<Int>("select count(*) from outbox_000000000000001")) }
        #expect(try await outbox.prune(readers)[1]?.action == .kept(.busy))
        try await reading.rollback()
        #expect(try await outbox.prune(readers)[1]?.action == .dropped)
    }

    @Test func `of several at once each partition is dropped by one`() async throws {
        let outbox = try await RetentionFixture()
        let readers = [try await outbox.levelReader()]
        let fates = try await withThrowingTaskGroup(of: [Int64: PartitionFate].self) { group in
            for _ in 0..<6 { group.addTask { try await outbox.prune(readers, attempts: 1_000) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for partition in [1, 1_001] as [Int64] {
            let actions = fates.compactMap { $0[partition]?.action }
            #expect(actions.filter { $0 == .dropped }.count == 1)
            #expect(actions.allSatisfy { $0 == .dropped || $0 == .gone })
        }
        #expect(try await outbox.drops() == [1, 1_001])
        #expect(try await outbox.partitions() == [2_001, 3_001])
    }

    /// Where the drop is halted, just before it is killed.
    static let steps = [
        """
        create trigger halt after insert on outbox_drops for each row execute function halt()
        """,
        """
        create trigger halt after delete on outbox_partitions for each row execute function halt()
        """,
        """
        create event trigger halt on sql_drop execute function halt_drop()
        """,
    ]

    @Test(arguments: steps) func `killed half-way it has changed nothing`(step: String) async throws {
        let outbox = try await RetentionFixture()
        let readers = [try await outbox.levelReader()]
        try await outbox.superuser.session {
            try $0.script(
                """
                create function halt() returns trigger language plpgsql as 'begin perform pg_sleep(600); return null; end';
                create function halt_drop() returns event_trigger language plpgsql as 'begin perform pg_sleep(600); end';
                \(step)
                """)
        }
        let before = try await DatabaseContents(of: outbox.superuser)
        let pruning = Task { try await outbox.prune(readers) }
        try await wait(
            on: outbox.superuser,
            until: """
                (select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database()
                    and wait_event = 'PgSleep' and pid <> pg_backend_pid()) > 0
                """)
        let error = await #expect(throws: PostgresError.self) { try await pruning.value }
        #expect(error?.kind == .connectionLost)
        #expect(try await DatabaseContents(of: outbox.superuser) == before)
        #expect(try await outbox.partitions() == [1, 1_001, 2_001, 3_001])
        try await outbox.superuser.session {
            try $0.script("drop event trigger if exists halt; drop function halt() cascade; drop function halt_drop() cascade")
        }
        #expect(try await outbox.prune(readers)[1]?.action == .dropped)
    }
}
