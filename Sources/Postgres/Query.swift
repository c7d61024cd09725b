/// A statement and how its rows become values. Domains keep one function per query in their `…Queries.swift`.
public struct Query<Output: Sendable>: Sendable {
    public let sql: SQL
    let decode: @Sendable (Row) throws -> Output

    /// - Parameter decode: called once for each row, on the connection's executor.
    public init(_ sql: SQL, _ decode: @escaping @Sendable (Row) throws -> Output) {
        self.sql = sql
        self.decode = decode
    }
}

extension Query where Output == Void {
    /// A command: what it may return is not read.
    public init(_ sql: SQL) {
        self.init(sql) { _ in }
    }
}

extension Query where Output: PostgresDecodable {
    /// A query of one column.
    public init(_ sql: SQL) {
        self.init(sql) { try $0.get(0) }
    }
}

/// What one query of a pipeline gave.
public struct Answer<Output: Sendable>: Sendable {
    public let rows: [Output]
    /// How many rows a command changed, or a query returned.
    public let affected: Int

    public init(rows: [Output], affected: Int) {
        self.rows = rows
        self.affected = affected
    }

    public var first: Output? { rows.first }
}
