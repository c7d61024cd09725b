import Postgres
import TestSupport
import Testing

struct PipelineTests {
    private let connection: Connection
    private let table = ScratchCluster.shared.uniqueName()

    init() async throws {
        connection = try await ScratchCluster.shared.open()
        try await connection.run("create table \(identifier: table) (id int primary key, v text)")
    }

    @Test func answersComeInOrderWithTheirTypes() async throws {
        let (names, written, none, number) = try await connection.transaction { session in
            try session.pipeline(
                Query<String>("select v from (values ('a'), ('b')) t(v)"),
                Query<Void>("insert into \(identifier: table) select n, 'x' from generate_series(1, 5) n"),
                Query<Int>("select id from \(identifier: table) where false"),
                Query<Int>("select count(*) from \(identifier: table)"))
        }
        #expect(names.rows == ["a", "b"])
        #expect(names.affected == 2)
        #expect(written.affected == 5)
        #expect(none.rows.isEmpty && none.first == nil)
        #expect(number.first == 5)
    }

    @Test func anErrorInTheMiddleNamesItsStatementAndLeavesTheConnectionUsable() async throws {
        let table = table
        for _ in 0..<3 {
            let error = try await postgresError {
                try await connection.session { session in
                    try session.pipeline(
                        Query<Void>("insert into \(identifier: table) values (1, 'before')"),
                        Query<Void>("insert into \(identifier: table) values (1, \("twice"))"),
                        Query<Void>("insert into \(identifier: table) values (2, 'behind')"))
                }
            }
            #expect(error.sqlState == .uniqueViolation)
            #expect(error.statement?.contains("$1") == true)
        }
        #expect(try await connection.value("select count(*) from \(identifier: table)", as: Int.self) == 0)
        let inside = try await postgresError {
            try await connection.transaction { session in
                try session.run(Query("insert into \(identifier: table) values (3, 'first')"))
                #expect(throws: PostgresError.self) {
                    try session.savepoint {
                        try session.pipeline(Query<Int>("select 1"), Query<Int>("select 1 / 0"), Query<Int>("select 2"))
                    }
                }
                _ = try session.pipeline(Query<Int>("select 1"), Query<Int>("select 1 / 0"))
            }
        }
        #expect(inside.sqlState == SQLState("22012"))
        #expect(try await connection.value("select count(*) from \(identifier: table)", as: Int.self) == 0)
    }

    @Test func aDecodingErrorLeavesTheConnectionUsable() async throws {
        let error = try await postgresError {
            try await connection.session { try $0.pipeline(Query<Int>("select 'x'::text"), Query<Int>("select 1")) }
        }
        #expect(error.kind == .decoding)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test(.hangLimit) func manyLargeStatementsDoNotBlockEachOther() async throws {
        // Both directions carry more than the sockets' buffers hold: whoever only writes, or only reads, stands still for ever.
        let text = String(repeating: "x", count: 200_000)
        let answers = try await connection.session { session in
            try session.pipeline((0..<60).map { n in Query<String>("select \(text)::text || \(n)::int") })
        }
        #expect(answers.count == 60)
        #expect(answers.last?.first == text + "59")
    }

    @Test func anEmptyPipelineIsNothing() async throws {
        #expect(try await connection.session { try $0.pipeline([Query<Int>]()) }.isEmpty)
    }
}
