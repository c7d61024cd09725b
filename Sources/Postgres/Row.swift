/// One row of a result. Whoever keeps it keeps the whole result in memory.
public struct Row: Sendable {
    let result: ResultHandle
    let index: Int32

    init(result: ResultHandle, index: Int32) {
        self.result = result
        self.index = index
    }

    /// The number of columns.
    public var count: Int { Int(result.columnCount) }

    /// The value of a column, counted from 0. NULL is `nil` for an optional type and an error for any other.
    ///
    /// - Throws: `PostgresError` of kind `.decoding`.
    public func get<Value: PostgresDecodable>(_ index: Int, as type: Value.Type = Value.self) throws -> Value {
        try Value(postgres: try cell(index))
    }

    /// The value of the first column of that name; each call looks the name up.
    ///
    /// - Throws: `PostgresError` of kind `.decoding`, also where there is no such column.
    public func get<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws -> Value {
        guard let index = result.columnIndex(column) else {
            throw PostgresError(
                .decoding, "the result has no column \"\(column)\"", statement: result.statement, location: result.location)
        }
        return try Value(postgres: result.cell(row: self.index, column: index))
    }

    /// The undecoded value of a column, counted from 0.
    public func cell(_ index: Int) throws -> Cell {
        guard index >= 0, index < count else {
            throw PostgresError(
                .decoding, "the result has \(count) columns and no column \(index)", statement: result.statement, location: result.location)
        }
        return result.cell(row: self.index, column: Int32(index))
    }

    /// Lends the bytes of a column in its binary format, `nil` for NULL, without looking at its type. They must not be kept.
    ///
    /// - Precondition: there is such a column.
    public func withBytes<R>(ofColumn index: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        precondition(index >= 0 && index < count)
        return try withExtendedLifetime(result) { try body(result.bytes(row: self.index, column: Int32(index))) }
    }
}
