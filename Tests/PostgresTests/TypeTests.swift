import FoundationEssentials
import Kernel
import Postgres
import Testing

/// Every type on its way into a typed column and back.
struct TypeTests {
    private func roundTrip<T: PostgresEncodable & PostgresDecodable & Equatable & Sendable>(
        _ values: [T], column: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let connection = try await ScratchCluster.shared.open()
        let back = try await connection.transaction { session in
            try session.script("create temporary table box (n int, v \(column)) on commit drop")
            for (n, value) in values.enumerated() { try session.run(Query("insert into box values (\(n), \(value))")) }
            return try session.all(Query<T>("select v from box order by n"))
        }
        #expect(back == values, sourceLocation: sourceLocation)
        await connection.close()
    }

    @Test func integers() async throws {
        try await roundTrip([0, 1, -1, Int.max, Int.min], column: "int8")
        try await roundTrip([Int64.max, .min], column: "int8")
        try await roundTrip([0, Int32.max, .min], column: "int4")
        try await roundTrip([Int16.max, .min], column: "int2")
        try await roundTrip([1, 2], column: "int2")
        try await roundTrip([nil, 5], column: "int4")
    }

    @Test func text() async throws {
        let texts = [
            "", "a", "it's \"quoted\" \\ $1", "Grüße 🦊 日本語 \u{1F468}\u{200D}\u{1F469}", "tab\tline\nend",
            String(repeating: "é", count: 524_288),
        ]
        try await roundTrip(texts, column: "text")
        try await roundTrip(["x", "ü"], column: "varchar(20)")
        try await roundTrip([nil, ""], column: "text")
    }

    @Test func booleansAndDoubles() async throws {
        try await roundTrip([true, false], column: "bool")
        try await roundTrip([nil, true], column: "bool")
        try await roundTrip([0, -0.1, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, .greatestFiniteMagnitude], column: "float8")
        let connection = try await ScratchCluster.shared.open()
        #expect(try await connection.value("select \(Double.nan)::float8", as: Double.self).isNaN)
        #expect(try await connection.value("select 1.5::float4", as: Double.self) == 1.5)
    }

    @Test func identifiersAndTimes() async throws {
        try await roundTrip([UUID(), UUID(high: 0, low: 0), UUID(high: .max, low: .max)], column: "uuid")
        try await roundTrip([nil, UUID()], column: "uuid")
        let times = [
            Timestamp(microseconds: 0), Timestamp(microseconds: -1),
            Timestamp(year: 2026, month: 11, day: 22, hour: 1, microsecond: 123_456),
            Timestamp(year: 1, month: 1, day: 1), Timestamp(year: 0, month: 12, day: 31),
            Timestamp(year: -43, month: 2, day: 28, microsecond: 5),
            Timestamp(year: -4_000, month: 2, day: 29), Timestamp(year: 12_026, month: 7, day: 1),
        ]
        try await roundTrip(times, column: "timestamptz")
        try await roundTrip([nil, times[2]], column: "timestamptz")
    }

    @Test func bytesAndDocuments() async throws {
        try await roundTrip(
            [Bytea([]), Bytea([0, 1, 255, 0]), Bytea((0..<1_048_576).map { UInt8(truncatingIfNeeded: $0 &* 31) })], column: "bytea")
        try await roundTrip([nil, Bytea([0])], column: "bytea")
        try await roundTrip([JSONText("{ \"b\" : 1,  \"a\":[1, 2]}"), JSONText("null")], column: "json")
        try await roundTrip([JSONText("{\"a\": [1, 2], \"b\": \"ü\"}")], column: "jsonb")
    }

    @Test func transactionIdsAndSnapshots() async throws {
        try await roundTrip([Xid8(3), Xid8(1 << 40), Xid8(.max >> 1)], column: "xid8")
        let snapshot = try #require(Snapshot("10:20:11,15"))
        try await roundTrip([snapshot, Snapshot(xmin: Xid8(5), xmax: Xid8(5))], column: "pg_snapshot")
        #expect(snapshot.text == "10:20:11,15")
        #expect(snapshot.sees(Xid8(9)) && snapshot.sees(Xid8(12)) && !snapshot.sees(Xid8(15)) && !snapshot.sees(Xid8(20)))
        #expect(Snapshot("10:20") == nil)
        #expect(Snapshot("10:20:x") == nil)
    }

    @Test func numbersOfAnySize() async throws {
        let texts = [
            "0", "1", "-1", "0.00", "10000", "9999.9999", "-0.0001", "0.00010", "12345678901234567890123456789.000000001",
            "1" + String(repeating: "0", count: 130_000),
            "0." + String(repeating: "0", count: 16_000) + "7", "NaN", "100000000", "-99990000.5",
        ]
        let values = try texts.map { try #require(Numeric($0)) }
        try await roundTrip(values, column: "numeric")
        try await roundTrip([values.map { Optional($0) } + [nil]], column: "numeric[]")
        let connection = try await ScratchCluster.shared.open()
        // A negative scale rounds to the left of the point: new in PostgreSQL 15, as the infinities are in 14.
        if try await connection.session({ $0.serverVersion }) >= 150_000 {
            #expect(try await connection.value("select 12345::numeric(3,-2)", as: Numeric.self).text == "12300")
            try await roundTrip([Numeric("Infinity"), Numeric("-Infinity")], column: "numeric")
            try await roundTrip([[Numeric("Infinity"), Numeric("-Infinity")]], column: "numeric[]")
        }
        #expect(try await connection.value("select 1.10 + 2.2", as: Numeric.self).text == "3.30")
        for wrong in ["", "-", ".", "1e5", "1-2", "1.2.3", "nan", "1 "] { #expect(Numeric(wrong) == nil) }
    }

    @Test func arrays() async throws {
        try await roundTrip([[1, 2, 3], []], column: "int8[]")
        try await roundTrip([[1, nil, .max], [nil]], column: "int8[]")
        try await roundTrip([[Int32(7)]], column: "int4[]")
        try await roundTrip([["a", nil, "NULL", "", "{\"}", "ü,\\"]], column: "text[]")
        try await roundTrip([[true, nil]], column: "bool[]")
        try await roundTrip([[UUID(), nil]], column: "uuid[]")
        try await roundTrip([[Timestamp(year: -50, month: 1, day: 1), nil]], column: "timestamptz[]")
        try await roundTrip([[Bytea([0]), nil, Bytea([])]], column: "bytea[]")
        try await roundTrip([[JSONText("{ \"a\":1}"), nil]], column: "json[]")
        try await roundTrip([[Xid8(9), nil]], column: "xid8[]")
        try await roundTrip([[Snapshot(xmin: Xid8(1), xmax: Xid8(4), running: [Xid8(2)])]], column: "pg_snapshot[]")
        try await roundTrip([[1.5, nil]], column: "float8[]")
        try await roundTrip([[1], nil], column: "int8[]")
    }

    @Test func enumsAndDomainsAreText() async throws {
        let connection = try await ScratchCluster.shared.open()
        let name = ScratchCluster.shared.uniqueName("mood")
        try await connection.run("create type \(identifier: name) as enum ('glad', 'sad')")
        let back = try await connection.session { session in
            try session.one(
                Query(
                    "select \("sad")::\(identifier: name), array['glad', null]::\(identifier: name)[], \(["sad"])::\(identifier: name)[]"
                ) { (try $0.get(0, as: String.self), try $0.get(1, as: [String?].self), try $0.get(2, as: [String].self)) })
        }
        #expect(back.0 == "sad")
        #expect(back.1 == ["glad", nil])
        #expect(back.2 == ["sad"])
    }

    @Test func theSameBindFitsSmallerColumnsAndUnnest() async throws {
        let connection = try await ScratchCluster.shared.open()
        let sum = try await connection.session { session in
            try session.script("create temporary table narrow (a int2, b int4, c jsonb)")
            try session.run(Query("insert into narrow values (\(1), \(2), \(JSONText("[1]")))"))
            try session.run(
                Query(
                    "insert into narrow select a, b, j from unnest(\([3, 4]), \([5, 6]), \([JSONText("{}"), JSONText("1")])) as t(a, b, j)")
            )
            return try session.one(Query<Int>("select sum(a + b) from narrow where a = any(\([1, 3, 4]))"))
        }
        #expect(sum == 21)
    }

    @Test func whatDoesNotFitIsADecodingError() async throws {
        let connection = try await ScratchCluster.shared.open()
        func kind<T: PostgresDecodable & Sendable>(_ sql: SQL, as type: T.Type) async throws -> PostgresError.Kind {
            try await postgresError { try await connection.value(sql, as: T.self) }.kind
        }
        #expect(try await kind("select 'infinity'::timestamptz", as: Timestamp.self) == .decoding)
        #expect(try await kind("select '-infinity'::timestamptz", as: Timestamp?.self) == .decoding)
        #expect(try await kind("select null::int8", as: Int.self) == .decoding)
        #expect(try await kind("select array[1, null]::int8[]", as: [Int].self) == .decoding)
        #expect(try await kind("select array[array[1]]::int8[]", as: [Int].self) == .decoding)
        #expect(try await kind("select 70000", as: Int16.self) == .decoding)
        #expect(try await kind("select 'x'::text", as: Int.self) == .decoding)
        #expect(try await kind("select 1", as: String.self) == .decoding)
        #expect(try await kind("select 1", as: Bool.self) == .decoding)
        #expect(try await kind("select 'x'::text", as: UUID.self) == .decoding)
        #expect(try await kind("select 1.5::numeric", as: Double.self) == .decoding)
        #expect(try await kind("select point(1, 2)", as: String.self) == .decoding)
        let error = try await postgresError {
            try await connection.session { try $0.all(Query("select 1 as one") { try $0.get("two", as: Int.self) }) }
        }
        #expect(error.kind == .decoding)
        #expect(error.description.contains("two"))
        let beyond = try await postgresError {
            try await connection.session { try $0.all(Query("select 1") { try $0.get(1, as: Int.self) }) }
        }
        #expect(beyond.kind == .decoding)
    }

    @Test func columnsAreFoundByTheirExactName() async throws {
        let connection = try await ScratchCluster.shared.open()
        let both = try await connection.session { session in
            try session.one(Query("select 1 as a, 2 as \"A\"") { [try $0.get("A", as: Int.self), try $0.get("a", as: Int.self)] })
        }
        #expect(both == [2, 1])
    }

    @Test func textWithNULIsRefusedBeforeItIsCutOff() async throws {
        let connection = try await ScratchCluster.shared.open()
        let error = try await postgresError { try await connection.value("select \("a\0b")::text", as: String.self) }
        #expect(error.kind == .encoding)
        #expect(error.failure.code == .invalidValue)
        #expect(try await connection.value("select 1", as: Int.self) == 1)
    }
}
