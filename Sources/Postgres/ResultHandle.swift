import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Owns a `PGresult`, which `deinit` clears. Everything read from it either copies or keeps the handle alive.
///
/// Unchecked, because nothing changes a `PGresult` once libpq has handed it out, so that threads may share it (PostgreSQL manual, "Behavior in
/// Threaded Programs").
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer
    /// The text of the statement and where it was run, for errors.
    let statement: String
    let location: CallSite
    let columnCount: Int32
    let rowCount: Int32

    init(_ pointer: OpaquePointer, statement: String, location: CallSite) {
        self.pointer = pointer
        self.statement = statement
        self.location = location
        columnCount = PQnfields(pointer)
        rowCount = PQntuples(pointer)
    }

    deinit {
        PQclear(pointer)
    }

    var status: ExecStatusType { PQresultStatus(pointer) }

    /// The command tag without its numbers: `COMMIT`, `ROLLBACK`, `INSERT`.
    var command: String {
        let tag = PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
        return String(tag.prefix { $0 != " " })
    }

    /// The number in the command tag; 0 where the command has none.
    var affected: Int {
        PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
    }

    func columnName(_ column: Int32) -> String {
        PQfname(pointer, column).map { String(cString: $0) } ?? ""
    }

    /// Compares exactly, unlike `PQfnumber`, which folds case.
    func columnIndex(_ name: String) -> Int32? {
        name.withCString { name in
            (0..<columnCount).first { column in PQfname(pointer, column).map { strcmp($0, name) == 0 } ?? false }
        }
    }

    func rows<T>(of query: Query<T>) throws -> [T] {
        var rows: [T] = []
        rows.reserveCapacity(Int(rowCount))
        for index in 0..<rowCount { rows.append(try query.decode(Row(result: self, index: index))) }
        return rows
    }

    func cell(row: Int32, column: Int32) -> Cell {
        Cell(result: self, bytes: bytes(row: row, column: column), columnIndex: column, oid: oid(of: column))
    }

    /// The value's bytes inside the result; `nil` for NULL. The caller keeps the handle alive while it reads them.
    func bytes(row: Int32, column: Int32) -> UnsafeRawBufferPointer? {
        guard !isNull(row: row, column: column) else { return nil }
        return UnsafeRawBufferPointer(start: PQgetvalue(pointer, row, column), count: Int(PQgetlength(pointer, row, column)))
    }

    func isNull(row: Int32, column: Int32) -> Bool { PQgetisnull(pointer, row, column) != 0 }

    func oid(of column: Int32) -> UInt32 { PQftype(pointer, column) }

    /// A field of the error report; `code` is one of the `PG_DIAG_…` characters.
    func diagnostic(_ code: Character) -> String? {
        guard let value = code.asciiValue else { return nil }
        return PQresultErrorField(pointer, Int32(value)).map { String(cString: $0) }
    }

    /// What libpq made of the error, for reports that have no fields because libpq itself wrote them.
    var errorMessage: String {
        PQresultErrorMessage(pointer).map { String(cString: $0) } ?? ""
    }
}
