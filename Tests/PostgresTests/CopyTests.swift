import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

struct CopyTests {
    private let connection: Connection
    private let table = ScratchCluster.shared.uniqueName()

    init() async throws {
        connection = try await ScratchCluster.shared.open()
    }

    private var into: SQL { "copy \(identifier: table) from stdin (format binary)" }

    private func count() async throws -> Int {
        try await connection.value("select count(*) from \(identifier: table)", as: Int.self)
    }

    private struct Everything: Equatable {
        var small: Int16 = -2
        var medium: Int32? = 7
        var large: Int = .min
        var text = "ü \n"
        var flag: Bool? = true
        var id = UUID()
        var at = Timestamp(year: 2026, month: 2, day: 3, microsecond: 4)
        var bytes: Bytea? = Bytea([0, 255])
        var json = JSONText("{ \"kept\":1}")
        var jsonb: JSONText? = JSONText("{\"a\": 1}")
        var numeric: Numeric? = Numeric("-12345.6700")
        var xid = Xid8(1 << 33)
        var numbers: [Int?] = [1, nil]
    }

    @Test func everyTypeInAndOut() async throws {
        try await connection.run(
            """
            create table \(identifier: table) (small int2, medium int4, large int8, "text" text, flag bool, id uuid, at timestamptz, bytes bytea,
                json json, jsonb jsonb, numeric numeric, xid xid8, numbers int8[])
            """)
        let full = Everything()
        let empty = Everything(medium: nil, flag: nil, bytes: nil, jsonb: nil, numeric: nil, numbers: [])
        let copied = try await connection.transaction { session in
            try session.copyIn(into) { writer in
                for value in [full, empty] {
                    try writer.row { row in
                        row.append(value.small)
                        row.append(value.medium)
                        row.append(value.large)
                        row.append(value.text)
                        row.append(value.flag)
                        row.append(value.id)
                        row.append(value.at)
                        row.append(value.bytes)
                        row.append(value.json)
                        row.append(jsonb: value.jsonb)
                        row.append(value.numeric)
                        row.append(value.xid)
                        row.append(value.numbers)
                    }
                }
            }
        }
        #expect(copied == 2)
        let back = try await connection.session { session in
            try session.all(
                Query("select * from \(identifier: table) order by medium nulls last") { row in
                    Everything(
                        small: try row.get("small"), medium: try row.get("medium"), large: try row.get("large"), text: try row.get("text"),
                        flag: try row.get("flag"), id: try row.get("id"), at: try row.get("at"), bytes: try row.get("bytes"),
                        json: try row.get("json"), jsonb: try row.get("jsonb"), numeric: try row.get("numeric"), xid: try row.get("xid"),
                        numbers: try row.get("numbers"))
                })
        }
        #expect(back == [full, empty])
        let text = try await connection.session { session in
            var bytes: [UInt8] = []
            try session.copyOut("copy (select small, \"text\" from \(identifier: table)) to stdout (format csv)") { bytes += $0 }
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(text == "-2,\"ü \n\"\n-2,\"ü \n\"\n")
    }

    @Test func manyRowsGoInBlocks() async throws {
        try await connection.run("create table \(identifier: table) (n int8, t text)")
        let copied = try await connection.session { session in
            try session.copyIn(into) { writer in
                for n in 0..<200_000 {
                    try writer.row {
                        $0.append(n)
                        $0.append("row")
                    }
                }
            }
        }
        #expect(copied == 200_000)
        #expect(try await connection.value("select sum(n)::int8 from \(identifier: table)", as: Int.self) == 199_999 * 100_000)
        let rows = try await connection.session { session in
            var rows = 0
            try session.copyOut("copy \(identifier: table) to stdout") { block in rows += block.count { $0 == UInt8(ascii: "\n") } }
            return rows
        }
        #expect(rows == 200_000)
    }

    @Test func aClosureThatThrowsCopiesNothing() async throws {
        try await connection.run("create table \(identifier: table) (n int8)")
        for rows in [0, 1, 100_000] {
            await #expect(throws: Boom.self) {
                try await connection.session { session in
                    try session.copyIn(into) { writer in
                        for n in 0..<rows { try writer.row { $0.append(n) } }
                        throw Boom()
                    }
                }
            }
            #expect(try await count() == 0)
        }
        try await connection.transaction { session in
            swallow { try session.savepoint { try session.copyIn(into) { _ in throw Boom() } } }
            try session.copyIn(into) { writer in try writer.row { $0.append(1) } }
        }
        #expect(try await count() == 1)
    }

    @Test func aRowThatIsNotFinishedIsLeftOut() async throws {
        try await connection.run("create table \(identifier: table) (n int8)")
        let copied = try await connection.session { session in
            try session.copyIn(into) { writer in
                try writer.row { $0.append(1) }
                do {
                    try writer.row {
                        $0.append(2)
                        throw Boom()
                    }
                } catch is Boom {}
                try writer.row { $0.append(3) }
            }
        }
        #expect(copied == 2)
        #expect(try await connection.value("select sum(n)::int8 from \(identifier: table)", as: Int.self) == 4)
    }

    @Test func errorsOfTheServerComeThrough() async throws {
        try await connection.run("create table \(identifier: table) (n int8 primary key)")
        let twice = try await postgresError {
            try await connection.session { session in
                try session.copyIn(into) { writer in for n in 0..<200_000 { try writer.row { $0.append(n % 1_000) } } }
            }
        }
        #expect(twice.sqlState == .uniqueViolation)
        let narrow = try await postgresError {
            try await connection.session { try $0.copyIn(into) { writer in try writer.row { $0.append(Int32(1)) } } }
        }
        #expect(narrow.sqlState == .protocolViolation)
        let uneven = try await postgresError {
            try await connection.session { session in
                try session.copyIn(into) { writer in
                    try writer.row { $0.append(1) }
                    try writer.row { _ in }
                }
            }
        }
        #expect(uneven.kind == .encoding)
        let missing = try await postgresError { try await connection.session { try $0.copyIn("copy no_such_table from stdin") { _ in } } }
        #expect(missing.sqlState == .undefinedTable)
        #expect(try await count() == 0)
    }

    @Test func aClosureThatHasEnoughStopsTheServer() async throws {
        for _ in 0..<3 {
            await #expect(throws: Boom.self) {
                try await connection.session { session in
                    try session.copyOut("copy (select generate_series(1, 10000000)) to stdout") { _ in throw Boom() }
                }
            }
            #expect(try await connection.value("select 1", as: Int.self) == 1)
        }
    }

    @Test func rowsAreCopiedAndHandedOnAsTheyAre() async throws {
        try await connection.run("create table \(identifier: table) (n int8, t text, b bytea)")
        for count in [0, 1, 3_000] {
            let source: SQL = """
                select n::int8, case when n % 3 <> 0 then repeat('ü', n::int % 50) end as t, decode(lpad(to_hex(n), 8, '0'), 'hex') as b
                from generate_series(1, \(count)) as n
                """
            try await connection.run("truncate \(identifier: table)")
            let rows = try await connection.session { session in
                let rows = try session.copyRows(
                    "copy (\(fragment: source.withLiterals)) to stdout (format binary)", columns: 3
                ) { _ in false }
                try session.copyIn(into) { writer in for row in 0..<rows.count { try writer.row { $0.append(rows, row: row) } } }
                return rows
            }
            #expect(rows.count == count)
            for row in 0..<rows.count {
                let n = row + 1
                let number = rows.withBytes(ofRow: row, column: 0) { $0?.loadUnaligned(as: Int64.self).bigEndian }
                let text = rows.withBytes(ofRow: row, column: 1) { $0.map { String(decoding: $0, as: UTF8.self) } }
                #expect(number == Int64(n) && text == (n % 3 == 0 ? nil : String(repeating: "ü", count: n % 50)))
                #expect(rows.withBytes(ofRow: row, column: 2) { $0?.count } == 4)
            }
            let different = try await connection.value(
                "select count(*) from (\(fragment: source) except all select * from \(identifier: table)) as missing",
                as: Int.self)
            #expect(different == 0)
            #expect(try await self.count() == count)
        }
    }

    @Test func copiedRowsEndWhereThereIsEnough() async throws {
        for _ in 0..<3 {
            let rows = try await connection.session { session in
                try session.copyRows("copy (select n, 'x' from generate_series(1, 10000000) as n) to stdout (format binary)", columns: 2) {
                    $0.count == 1_234
                }
            }
            #expect(rows.count == 1_234)
            #expect(try await connection.value("select 1", as: Int.self) == 1)
        }
    }

    @Test func rowsOfAnotherShapeAreAnError() async throws {
        for sql: SQL in ["copy (select 1, 2) to stdout (format binary)", "copy (select 1) to stdout"] {
            let error = try await postgresError {
                try await connection.session { session in _ = try session.copyRows(sql, columns: 1) { _ in false } }
            }
            #expect(error.kind == .decoding)
            #expect(try await connection.value("select 1", as: Int.self) == 1)
        }
    }

    @Test func lengthsOfCopiedValuesAreTold() async throws {
        let rows = try await connection.session { session in
            try session.copyRows(
                "copy (values (1::int8, 'a'), (null, 'bc'), (3, null)) to stdout (format binary)", columns: 2
            ) { _ in false }
        }
        func fits(_ lengths: CopiedRows.ColumnLength...) -> [Bool] { (0..<rows.count).map { rows.fits(row: $0, lengths) } }
        #expect(fits(.init(bytes: 8), .init()) == [true, false, false])
        #expect(fits(.init(bytes: 8, isOptional: true), .init(isOptional: true)) == [true, true, true])
        #expect(fits(.init(isOptional: true), .init(bytes: 1, isOptional: true)) == [true, false, true])
        #expect(fits(.init(bytes: 4, isOptional: true), .init()) == [false, true, false])
    }

    @Test func theConnectionIsBusyMeanwhile() async throws {
        try await connection.run("create table \(identifier: table) (n int8)")
        let error = try await postgresError {
            try await connection.session { session in try session.copyIn(into) { _ in try session.run(Query("select 1")) } }
        }
        #expect(error.kind == .misuse)
        #expect(try await count() == 0)
    }

    @Test func copyAsAQueryIsRefused() async throws {
        let error = try await postgresError { try await connection.run("copy (select 1) to stdout") }
        #expect(error.kind == .misuse)
        let other = try await ScratchCluster.shared.open()
        #expect(try await postgresError { try await other.session { try $0.copyOut("select 1") { _ in } } }.kind == .misuse)
        let third = try await ScratchCluster.shared.open()
        #expect(
            try await postgresError { try await third.session { try $0.script("select 1; copy (select 1) to stdout") } }.kind == .misuse)
    }

    @Test(.hangLimit) func cancellationEndsACopy() async throws {
        try await connection.run("create table \(identifier: table) (n int8)")
        let connection = connection
        let error = try await postgresError {
            try await connection.session { session in
                try session.copyIn(into) { writer in
                    for n in 0... {
                        if n == 1_000 { connection.cancelCurrentQuery() }
                        try writer.row { $0.append(n) }
                    }
                }
            }
        }
        #expect(error.kind == .cancelled)
        #expect(try await count() == 0)
    }
}
