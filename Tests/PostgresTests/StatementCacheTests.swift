import Testing

@testable import Postgres

struct StatementCacheTests {
    private func key(_ text: String, _ oids: [UInt32] = []) -> StatementCache.Key {
        StatementCache.Key(SQL(text: text, binds: oids.map { Bind(oid: $0, isBinary: false, bytes: nil) }, placeholders: []))
    }

    @Test func theSecondUsePrepares() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(for: key("a")) == .once)
        #expect(cache.plan(for: key("a")) == .prepare(name: "s1"))
        #expect(cache.plan(for: key("a")) == .prepared(name: "s1"))
        #expect(cache.plan(for: key("a", [20])) == .once)
    }

    @Test func theLeastRecentlyUsedIsDisplaced() {
        var cache = StatementCache(capacity: 2)
        for text in ["a", "a", "b", "b", "a", "c"] { _ = cache.plan(for: key(text)) }
        #expect(cache.count == 2)
        #expect(cache.takeDisplaced() == ["s2"])
        #expect(cache.takeDisplaced() == [])
        #expect(cache.plan(for: key("a")) == .prepared(name: "s1"))
        #expect(cache.plan(for: key("b")) == .once)
    }

    @Test func withoutRoomNothingIsPrepared() {
        var cache = StatementCache(capacity: 0)
        #expect(cache.plan(for: key("a")) == .once)
        #expect(cache.plan(for: key("a")) == .once)
        #expect(cache.count == 0)
    }

    @Test func whatFailedToPrepareStartsAnew() {
        var cache = StatementCache(capacity: 2)
        _ = cache.plan(for: key("a"))
        _ = cache.plan(for: key("a"))
        cache.forget(key("a"))
        #expect(cache.takeDisplaced() == [])
        #expect(cache.plan(for: key("a")) == .once)
        #expect(cache.plan(for: key("a")) == .prepare(name: "s2"))
    }

    /// The names of the statements that a connection has prepared on the server.
    private func prepared(_ connection: Connection) async throws -> Int {
        try await connection.value("select count(*) from pg_prepared_statements where statement like '%marked%'", as: Int.self)
    }

    @Test func aConnectionPreparesAndStaysWithinItsBound() async throws {
        let connection = try await ScratchCluster.shared.open { $0.statementCacheCapacity = 3 }
        for _ in 0..<2 { #expect(try await connection.value("select \(1)::int /* marked */", as: Int.self) == 1) }
        #expect(try await prepared(connection) == 1)
        for n in 0..<10 {
            for _ in 0..<3 { _ = try await connection.value("select \(unsafeRaw: "\(n)") /* marked */", as: Int.self) }
        }
        #expect(try await prepared(connection) <= 3)
    }

    @Test func aPipelinePreparesOnceForManyUses() async throws {
        let connection = try await ScratchCluster.shared.open()
        let query: @Sendable (Int) -> Query<Int> = { Query<Int>("select \($0)::int /* marked */") }
        let answers = try await connection.session { try $0.pipeline((0..<50).map(query)) }
        #expect(answers.map(\.first) == (0..<50).map(Optional.some))
        #expect(try await prepared(connection) == 1)
    }

    @Test func aPlanThatNoLongerFitsIsReplaced() async throws {
        let connection = try await ScratchCluster.shared.open()
        let other = try await ScratchCluster.shared.open()
        let table = ScratchCluster.shared.uniqueName()
        try await other.run("create table \(identifier: table) (a int)")
        try await other.run("insert into \(identifier: table) values (1)")
        let query: @Sendable (Session) throws -> Int = { try $0.one(Query("select * from \(identifier: table)") { $0.count }) }
        for _ in 0..<3 { #expect(try await connection.session(query) == 1) }
        try await other.run("alter table \(identifier: table) add column b int")
        let error = try await postgresError { try await connection.session(query) }
        #expect(error.sqlState == .featureNotSupported)
        #expect(try await connection.session(query) == 2)
        // A script of the connection's own may change tables as well, so nothing stays prepared behind it.
        for _ in 0..<2 { _ = try await connection.session(query) }
        try await connection.session { try $0.script("alter table \(table) add column c int") }
        #expect(try await connection.session(query) == 3)
    }

    @Test func aStatementThatCannotBePreparedFailsAlikeEachTime() async throws {
        let connection = try await ScratchCluster.shared.open()
        for _ in 0..<4 {
            let error = try await postgresError { try await connection.value("select no_such_column", as: Int.self) }
            #expect(error.sqlState == .undefinedColumn)
        }
        for _ in 0..<4 {
            let error = try await postgresError { try await connection.value("select 1 / \(0)::int", as: Int.self) }
            #expect(error.sqlState == SQLState("22012"))
        }
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }
}
