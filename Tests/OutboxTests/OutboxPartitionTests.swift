import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("organization"), .hangLimit) struct OutboxPartitionTests {
    private func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
        try await TestDatabases.current["organization"].connect(as: role)
    }

    private func partitions(_ database: Connection) async throws -> [String] {
        try await database.values("select lower || '-' || upper from outbox_partitions order by lower", as: String.self)
    }

    /// Attached partitions besides the default one, as the catalog has them.
    private func attached(_ database: Connection) async throws -> Int {
        try await database.value("select count(*) - 1 from pg_inherits where inhparent = 'outbox'::regclass", as: Int.self)
    }

    /// As if so many events had been appended.
    private func advance(to position: Int64) async throws {
        try await connect(as: .superuser).run("select setval('outbox_position_seq', \(position))")
    }

    @Test func `a migrated database has two before its first event`() async throws {
        let database = try await connect()
        #expect(try await partitions(database) == ["1-5000001", "5000001-10000001"])
        #expect(try await attached(database) == 2)
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 0)
    }

    @Test func `two whole ones stay ahead of the one in use, from its first event on`() async throws {
        let database = try await connect()
        try await database.append([try .thing()])
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 1)
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 0)
        try await advance(to: 5_000_000)
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 0)
        try await advance(to: 5_000_001)
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 1)
        #expect(
            try await partitions(database) == ["1-5000001", "5000001-10000001", "10000001-15000001", "15000001-20000001"])
    }

    @Test func `whoever is far behind catches up in one call`() async throws {
        let database = try await connect()
        try await advance(to: 31_000_000)
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 7)
        #expect(try await partitions(database).last == "40000001-45000001")
        try await database.append([try .thing()])
        #expect(try await database.value("select tableoid::regclass::text from outbox", as: String.self) == "outbox_000000030000001")
    }

    @Test func `several at once make each partition once`() async throws {
        try await advance(to: 31_000_000)
        let made = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask { try await connect().value("select outbox_extend()", as: Int.self) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.sorted() == [0, 0, 0, 0, 0, 7])
        let database = try await connect()
        #expect(try await attached(database) == 9)
    }

    @Test func `the default partition catches what nobody made room for, and it is read like the rest`() async throws {
        let database = try await connect()
        try await database.append([try .thing(.id(1))])
        try await advance(to: 15_000_000)
        try await database.append([try .thing(.id(2))])
        let places = try await database.values("select tableoid::regclass::text from outbox order by position", as: String.self)
        #expect(places == ["outbox_000000000000001", "outbox_default"])
        let lane = try await TestLane()
        #expect(try await lane.drain().map(\.subject) == [.id(1), .id(2)])
    }

    @Test func `room is made behind what the net has caught`() async throws {
        let database = try await connect()
        try await advance(to: 15_000_000)
        try await database.append([try .thing(.id(1)), try .thing(.id(2))])
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 2)
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 0)
        // What is on its way while room is made still falls into the net.
        try await database.append([try .thing(.id(3))])
        try await advance(to: 15_200_000)
        try await database.append([try .thing(.id(4))])
        let places = try await database.values("select tableoid::regclass::text from outbox order by position", as: String.self)
        #expect(places == ["outbox_default", "outbox_default", "outbox_default", "outbox_000000015100002"])
        #expect(try await TestLane().drain().map(\.subject) == (1...4).map { .id($0) })
    }

    @Test func `producers do not wait while room is made`() async throws {
        let producer = try await HeldTransaction(on: connect())
        _ = try await producer.run { try OutboxWriter(service: "organization").append([try .thing()], in: $0, context: .test) }
        let database = try await connect()
        try await database.run("set lock_timeout = '5s'")
        #expect(try await database.value("select outbox_extend()", as: Int.self) == 1)
        try await database.append([try .thing(.id(2))])
        try await producer.commit()
    }

    /// Otherwise every reader would wait behind it.
    @Test func `room is not made while somebody reads the whole outbox for long`() async throws {
        let dump = try await HeldTransaction(on: connect(), options: TransactionOptions(isolation: .repeatableRead, readOnly: true))
        _ = try await dump.run { try $0.one(Query<Int>("select count(*) from outbox")) }
        let database = try await connect()
        try await database.append([try .thing()])
        let error = try await #require(throws: PostgresError.self) { try await database.session { try OutboxPartitions.keepAhead(in: $0) } }
        #expect(error.sqlState == .lockNotAvailable)
        #expect(try await TestLane().drain().count == 1)
        try await dump.rollback()
        #expect(try await database.session { try OutboxPartitions.keepAhead(in: $0) } == 1)
        #expect(try await database.session { try OutboxPartitions.keepAhead(in: $0) } == 0)
    }

    @Test func `sizes that make no sense are refused`() async throws {
        let database = try await connect()
        for (ahead, size) in [(0, 5_000_000), (11, 5_000_000), (2, 999), (2, 1_000_000_001)] {
            let error = try await #require(throws: PostgresError.self) { try await database.run("select outbox_extend(\(ahead), \(size))") }
            #expect(error.sqlState?.code == "22023")
        }
    }
}
