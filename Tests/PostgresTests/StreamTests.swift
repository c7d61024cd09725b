import Postgres
import TestSupport
import Testing

struct StreamTests {
    private let connection: Connection

    init() async throws {
        connection = try await ScratchCluster.shared.open()
    }

    @Test func rowsArriveInOrder() async throws {
        let sum = try await connection.transaction { session in
            var sum = 0
            try session.stream(Query<Int>("select n from generate_series(1, \(100_000)::int) n")) { sum += $0 }
            try session.stream(Query<Int>("select 1 where false")) { sum += $0 }
            return sum
        }
        #expect(sum == 5_000_050_000)
    }

    @Test(.hangLimit) func aClosureThatThrowsStopsTheServer() async throws {
        for _ in 0..<3 {
            await #expect(throws: Boom.self) {
                try await connection.session { session in
                    try session.stream(Query<Int>("select generate_series(1, 100000000)")) { if $0 == 10 { throw Boom() } }
                }
            }
            #expect(try await connection.value("select 1", as: Int.self) == 1)
        }
    }

    /// libpq leaves the mode of single rows with the next statement that is sent by itself, but not where a pipeline begins.
    @Test(arguments: [false, true]) func aPipelineBehindItHasAllItsRows(isThrown: Bool) async throws {
        let three = Query<Int>("select n from generate_series(1, 3) n") { try $0.get(0) }
        let four = Query<Int>("select n from generate_series(1, 4) n") { try $0.get(0) }
        let (first, second, later) = try await connection.transaction { session in
            // Statements that are prepared are run without another message in front of them.
            for _ in 0..<3 { _ = try session.pipeline(three, four) }
            if isThrown {
                swallow {
                    try session.savepoint { try session.stream(Query<Int>("select generate_series(1, 1000)")) { _ in throw Boom() } }
                }
            } else {
                try session.stream(Query<Int>("select generate_series(1, 10)")) { _ in }
            }
            let (first, second) = try session.pipeline(three, four)
            return (first.rows, second.rows, try session.all(three))
        }
        #expect(first == [1, 2, 3])
        #expect(second == [1, 2, 3, 4])
        #expect(later == [1, 2, 3])
    }

    @Test func insideASavepointTheTransactionGoesOn() async throws {
        let value = try await connection.transaction { session in
            swallow {
                try session.savepoint { try session.stream(Query<Int>("select generate_series(1, 10000000)")) { _ in throw Boom() } }
            }
            return try session.one(Query<Int>("select 5"))
        }
        #expect(value == 5)
    }

    @Test func anErrorInTheMiddleIsThrown() async throws {
        var seen = 0
        let error = try await postgresError {
            seen = try await connection.session { session in
                var seen = 0
                try session.stream(Query<Int>("select 1 / (3 - n) from generate_series(1, 5) n")) { _ in seen += 1 }
                return seen
            }
        }
        #expect(error.sqlState == SQLState("22012"))
        #expect(seen == 0)
        let decoding = try await postgresError { try await connection.session { try $0.stream(Query<Int>("select 'x'::text")) { _ in } } }
        #expect(decoding.kind == .decoding)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test func theConnectionIsBusyMeanwhile() async throws {
        let error = try await postgresError {
            try await connection.session { session in
                try session.stream(Query<Int>("select generate_series(1, 3)")) { _ in try session.run(Query("select 1")) }
            }
        }
        #expect(error.kind == .misuse)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }

    @Test func memoryDoesNotGrowWithTheRows() async throws {
        let read: @Sendable (Int) async throws -> Void = { rows in
            try await connection.session { session in
                try session.stream(Query<String>("select repeat('x', 1000) from generate_series(1, \(rows)::int)")) { _ in }
            }
        }
        try await read(1_000)
        let before = try residentBytes()
        try await read(200_000)
        #expect(try residentBytes() - before < 64 << 20)
    }

    @Test func resultsAreFreed() async throws {
        let read: @Sendable (Int) async throws -> Void = { times in
            try await connection.session { session in
                for _ in 0..<times { _ = try session.all(Query<String>("select repeat('x', 10000) from generate_series(1, 100)")) }
            }
        }
        try await read(10)
        let before = try residentBytes()
        try await read(300)
        #expect(try residentBytes() - before < 100 << 20)
    }
}
