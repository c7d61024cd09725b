import Postgres
import Testing

/// Commands that are left for the end of their transaction.
struct EnqueueTests {
    private struct Own: Error {}

    private let connection: Connection
    private let table = ScratchCluster.shared.uniqueName()

    init() async throws {
        connection = try await ScratchCluster.shared.open()
        try await connection.run("create table \(identifier: table) (id int primary key deferrable, v text)")
    }

    private func insert(_ id: Int, _ text: String = "x") -> Query<Void> {
        Query("insert into \(identifier: table) values (\(id), \(text))")
    }

    private var ids: [Int] {
        get async throws {
            let table = table
            return try await connection.session { try $0.all(Query<Int>("select id from \(identifier: table) order by id")) }
        }
    }

    @Test func theyGoOutWithTheEndInTheirOrderOfOne() async throws {
        for round in 0..<3 {
            try await connection.transaction { session in
                try session.enqueue(insert(round * 10 + 1))
                try session.enqueue(Query("update \(identifier: table) set id = id + 1 where id = \(round * 10 + 1)"))
                try session.enqueue(insert(round * 10 + 1))
            }
        }
        #expect(try await ids == [1, 2, 11, 12, 21, 22])
    }

    @Test func whatIsSentNextSeesThem() async throws {
        let (seen, first) = try await connection.transaction { session in
            try session.enqueue(insert(1))
            let seen = try session.one(Query<Int>("select count(*) from \(identifier: table)"))
            try session.enqueue(insert(2))
            return (
                seen, try session.pipeline(Query<Int>("select max(id) from \(identifier: table)"), Query<String>("select 'own answer'"))
            )
        }
        #expect(seen == 1)
        #expect(first.0.first == 2 && first.1.first == "own answer")
    }

    @Test func anErrorAtTheEndNamesItsStatementAndChangesNothing() async throws {
        let error = try await postgresError {
            try await connection.transaction { session in
                try session.run(insert(1))
                try session.enqueue(insert(2))
                try session.enqueue(insert(1, "again"))
                try session.enqueue(insert(3))
            }
        }
        #expect(error.sqlState == .uniqueViolation)
        #expect(error.statement?.hasPrefix("insert") == true)
        #expect(!error.commitOutcomeUnknown)
        #expect(try await ids == [])
        try await connection.transaction { try $0.enqueue(insert(4)) }
        #expect(try await ids == [4])
    }

    @Test func aTransactionThatThrowsSendsNoneOfThem() async throws {
        await #expect(throws: Own.self) {
            try await connection.transaction { session in
                try session.enqueue(insert(1))
                throw Own()
            }
        }
        try await connection.transaction { _ in }
        #expect(try await ids == [])
    }

    @Test func aDryRunSendsThemAndUndoesThem() async throws {
        try await connection.transaction(TransactionOptions(ending: .rollback)) { try $0.enqueue(insert(1)) }
        #expect(try await ids == [])
        let error = try await postgresError {
            try await connection.transaction(TransactionOptions(ending: .rollback)) { session in
                try session.enqueue(insert(1))
                try session.enqueue(insert(1))
            }
        }
        #expect(error.sqlState == .uniqueViolation)
    }

    @Test func aSavepointKeepsTheirErrorsToItself() async throws {
        let caught = try await connection.transaction { session in
            try session.enqueue(insert(1))
            var caught: PostgresError?
            do {
                try session.savepoint {
                    try session.enqueue(insert(2))
                    try session.enqueue(insert(1))
                }
            } catch let error as PostgresError {
                caught = error
            }
            _ = try? session.savepoint {
                try session.enqueue(insert(3))
                throw Own()
            }
            try session.savepoint { try session.enqueue(insert(4)) }
            return caught
        }
        #expect(caught?.sqlState == .uniqueViolation)
        #expect(try await ids == [1, 4])
    }

    @Test func serializationFailuresOfTheirsAreTriedAgain() async throws {
        try await connection.run("insert into \(identifier: table) values (1, '0')")
        let rival = try await ScratchCluster.shared.open()
        let table = table
        try await connection.run("create sequence \(identifier: table + "_runs")")
        try await connection.transaction(TransactionOptions(isolation: .repeatableRead, retry: .standard)) { session in
            let run = try session.one(Query<Int>("select nextval(\(table + "_runs")::regclass) from \(identifier: table)"))
            if run == 1 { blocking { try await rival.run("update \(identifier: table) set v = 'rival'") } }
            try session.enqueue(Query("update \(identifier: table) set v = v || \(String(run))"))
        }
        #expect(try await connection.value("select v from \(identifier: table)", as: String.self) == "rival2")
    }

    @Test func theyNeedATransaction() async throws {
        let error = try await postgresError { try await connection.session { try $0.enqueue(insert(1)) } }
        #expect(error.kind == .misuse)
        #expect(try await ids == [])
    }
}
