import Postgres
import Testing

struct TransactionTests {
    private let connection: Connection
    private let table: String

    init() async throws {
        connection = try await ScratchCluster.shared.open()
        table = ScratchCluster.shared.uniqueName()
        try await connection.run(
            "create table \(identifier: table) (id int primary key deferrable initially deferred, n int not null default 0)")
    }

    private func insert(_ id: Int) -> Query<Void> {
        Query("insert into \(identifier: table) (id) values (\(id))")
    }

    private func ids() async throws -> [Int] {
        let table = table
        return try await connection.session { try $0.all(Query<Int>("select id from \(identifier: table) order by id")) }
    }

    @Test func commitsWhatReturnsAndRollsBackWhatThrows() async throws {
        let value = try await connection.transaction { session in
            try session.run(insert(1))
            return "done"
        }
        #expect(value == "done")
        await #expect(throws: Boom.self) {
            try await connection.transaction { session in
                try session.run(insert(2))
                throw Boom()
            }
        }
        #expect(try await ids() == [1])
    }

    @Test func beginsWithTheFirstStatementAndTheIsolationAskedFor() async throws {
        let options = TransactionOptions(isolation: .serializable, readOnly: true)
        let (isolation, access) = try await connection.transaction(options) { session in
            try session.pipeline(
                Query<String>("select current_setting('transaction_isolation')"), Query<String>("show transaction_read_only"))
        }
        #expect(isolation.rows == ["serializable"])
        #expect(access.rows == ["on"])
        let error = try await postgresError { try await connection.transaction(options) { try $0.run(insert(1)) } }
        #expect(error.sqlState == .readOnlyTransaction)
        #expect(try await connection.transaction { _ in 5 } == 5)
    }

    @Test func dryRunReturnsTheValueAndChangesNothing() async throws {
        let count = try await connection.transaction(TransactionOptions(ending: .rollback)) { session in
            try session.run(insert(1))
            return try session.one(Query<Int>("select count(*) from \(identifier: table)"))
        }
        #expect(count == 1)
        #expect(try await ids() == [])
    }

    @Test func dryRunChecksDeferredConstraints() async throws {
        let error = try await postgresError {
            try await connection.transaction(TransactionOptions(ending: .rollback)) { session in
                try session.run(insert(1))
                try session.run(insert(1))
            }
        }
        #expect(error.sqlState == .uniqueViolation)
        #expect(try await ids() == [])
    }

    @Test func aConstraintThatFailsAtCommitIsAnErrorAndNotALostConnection() async throws {
        let error = try await postgresError {
            try await connection.transaction { session in
                try session.run(insert(1))
                try session.run(insert(1))
            }
        }
        #expect(error.kind == .server)
        #expect(error.sqlState == .uniqueViolation)
        #expect(!error.commitOutcomeUnknown)
        #expect(try await ids() == [])
    }

    @Test func savepointsUndoOnlyTheirOwn() async throws {
        try await connection.transaction { session in
            try session.run(insert(1))
            try session.savepoint { try session.run(insert(2)) }
            #expect(throws: Boom.self) {
                try session.savepoint {
                    try session.run(insert(3))
                    try session.savepoint { try session.run(insert(4)) }
                    throw Boom()
                }
            }
            let error = #expect(throws: PostgresError.self) {
                try session.savepoint { try session.run(Query("insert into \(identifier: table) values (5, null)")) }
            }
            #expect(error?.sqlState == .notNullViolation)
            #expect(try session.savepoint { 7 } == 7)
            #expect(throws: Boom.self) { try session.savepoint { throw Boom() } }
            try session.run(insert(6))
        }
        #expect(try await ids() == [1, 2, 6])
    }

    @Test func aSavepointAsTheFirstAndTheLastThing() async throws {
        try await connection.transaction { session in
            swallow { try session.savepoint { try session.run(Query("nonsense")) } }
            try session.savepoint { try session.savepoint { try session.run(insert(1)) } }
        }
        #expect(try await ids() == [1])
    }

    @Test func anErrorThatTheClosureSwallowsStillFailsTheTransaction() async throws {
        let error = try await postgresError {
            try await connection.transaction { session in
                try session.run(insert(1))
                swallow { try session.run(Query("select 1 / 0")) }
            }
        }
        #expect(error.sqlState == SQLState("22012"))
        #expect(try await ids() == [])
    }

    @Test func anErrorThatASavepointsClosureSwallowsUndoesTheSavepoint() async throws {
        try await connection.transaction { session in
            try session.run(insert(1))
            #expect(throws: PostgresError.self) {
                try session.savepoint {
                    try session.run(insert(2))
                    swallow { try session.run(Query("select 1 / 0")) }
                }
            }
        }
        #expect(try await ids() == [1])
    }

    @Test func outsideATransactionEachStatementCommits() async throws {
        await #expect(throws: Boom.self) {
            try await connection.session { session in
                try session.run(insert(1))
                throw Boom()
            }
        }
        #expect(try await ids() == [1])
        let error = try await postgresError { try await connection.session { try $0.savepoint {} } }
        #expect(error.kind == .misuse)
    }

    @Test func aTransactionLeftOpenInASessionIsRolledBack() async throws {
        let error = try await postgresError {
            try await connection.session { session in
                try session.script("begin")
                try session.run(insert(1))
            }
        }
        #expect(error.kind == .misuse)
        #expect(try await ids() == [])
    }

    @Test func aSessionEndsWithItsClosure() async throws {
        final class Escape: @unchecked Sendable {
            // Unchecked: written on the connection's thread and read after the call has returned.
            var session: Session?
        }
        let escape = Escape()
        try await connection.transaction { escape.session = $0 }
        let error = #expect(throws: PostgresError.self) { try escape.session?.run(Query("select 1")) }
        #expect(error?.kind == .misuse)
    }

    @Test func scriptsRunManyStatementsAndReportTheFirstError() async throws {
        try await connection.transaction { session in
            try session.script("insert into \(table) (id) values (1); insert into \(table) (id) values (2); select 1;")
            try session.script("")
            try session.script("do $$ begin raise notice 'goes nowhere'; end $$")
        }
        #expect(try await ids() == [1, 2])
        let error = try await postgresError {
            try await connection.session { try $0.script("delete from \(table); select 1/0; select nonsense") }
        }
        #expect(error.sqlState == SQLState("22012"))
        #expect(try await ids() == [1, 2])
    }

    @Test func twoTasksOnOneConnectionDoNotMeet() async throws {
        try await connection.run(insert(1).sql)
        // Each reads, thinks, and writes what it read plus one. Anything between two statements of another would lose a count.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await connection.transaction { session in
                        let n = try session.one(Query<Int>("select n from \(identifier: table) where id = 1"))
                        #expect(
                            try session.one(
                                Query<Int>("select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")) == 0)
                        try session.run(Query("select pg_advisory_xact_lock(\(table.count))"))
                        try session.run(Query("update \(identifier: table) set n = \(n + 1) where id = 1"))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await connection.value("select n from \(identifier: table) where id = 1", as: Int.self) == 40)
    }

    @Test func oneWantsOneRow() async throws {
        for (sql, rows) in [("select 1 where false", 0), ("select generate_series(1, 3)", 3)] {
            let error = try await postgresError { try await connection.session { try $0.one(Query<Int>(SQL(unsafeRaw: sql))) } }
            #expect(error.kind == .unexpectedRowCount)
            #expect(error.message.hasPrefix("\(rows) "))
        }
        #expect(try await connection.session { try $0.first(Query<Int>("select generate_series(4, 9)")) } == 4)
        #expect(try await connection.session { try $0.first(Query<Int>("select 1 where false")) } == nil)
    }
}
