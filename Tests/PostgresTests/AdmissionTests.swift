import Kernel
import Postgres
import Testing

struct AdmissionTests {
    private struct Refused: Error, Hashable {
        let levels: [Int]
    }

    /// Admits where the table holds one row above 1.
    private func admitted(by table: String) async throws -> Connection {
        try await ScratchCluster.shared.open {
            $0.admission = Admission(Query<Int>("select level from \(identifier: table) order by 1")) { answer in
                let levels = try answer.get()
                if levels.max() ?? 0 < 2 { throw Refused(levels: levels) }
            }
        }
    }

    private func prepare(_ table: String, level: Int) async throws -> Connection {
        let owner = try await ScratchCluster.shared.open()
        try await owner.session {
            try $0.run(Query("create table \(identifier: table) (level int)"))
            try $0.run(Query("insert into \(identifier: table) values (\(level))"))
        }
        return owner
    }

    @Test func aRefusalRollsTheTransactionBackAndTheNextStatementAsksAgain() async throws {
        let table = ScratchCluster.shared.uniqueName("admission")
        let owner = try await prepare(table, level: 1)
        let connection = try await admitted(by: table)
        for _ in 1...2 {
            await #expect(throws: Refused(levels: [1])) {
                try await connection.transaction { try $0.run(Query("insert into \(identifier: table) values (7)")) }
            }
        }
        #expect(try await owner.value("select count(*) from \(identifier: table)", as: Int.self) == 1)
        try await owner.session { _ = try $0.run(Query("insert into \(identifier: table) values (2)")) }
        try await connection.transaction { _ = try $0.run(Query("insert into \(identifier: table) values (7)")) }
        // Asked no more.
        try await owner.session { _ = try $0.run(Query("delete from \(identifier: table)")) }
        #expect(try await connection.value("select count(*) from \(identifier: table)", as: Int.self) == 0)
    }

    @Test func aRefusalComesBeforeWhatIsWrongWithTheStatement() async throws {
        let table = ScratchCluster.shared.uniqueName("admission")
        _ = try await prepare(table, level: 1)
        let connection = try await admitted(by: table)
        await #expect(throws: Refused(levels: [1])) { try await connection.value("select nosuch from nowhere", as: Int.self) }
        await #expect(throws: Refused(levels: [1])) {
            try await connection.session { try $0.script("select nosuch from nowhere") }
        }
    }

    @Test func whereTheQuestionItselfFailsTheJudgeHearsIt() async throws {
        let error = try await postgresError {
            try await admitted(by: "no_such_table_at_all").value("select 1", as: Int.self)
        }
        #expect(error.sqlState == .undefinedTable)
    }

    @Test func modesOfATransactionAreStillSetFirst() async throws {
        let table = ScratchCluster.shared.uniqueName("admission")
        _ = try await prepare(table, level: 2)
        let isolation = try await admitted(by: table).transaction(TransactionOptions(isolation: .serializable)) {
            try $0.one(Query<String>("show transaction_isolation"))
        }
        #expect(isolation == "serializable")
    }

    @Test func aServerThatDiesOverTheQuestionIsALostConnection() async throws {
        let connection = try await ScratchCluster.shared.open {
            $0.admission = Admission(Query<Bool>("select pg_terminate_backend(pg_backend_pid())")) { _ = try $0.get() }
        }
        #expect(try await postgresError { try await connection.value("select 1", as: Int.self) }.kind == .connectionLost)
    }
}
