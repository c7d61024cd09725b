/// A connection lent to a closure, with or without a transaction around it. It runs on the connection's executor, so nothing comes between
/// two of its calls, and it cannot be used any more once the closure has returned.
///
/// Every call throws ``PostgresError``; after an error of the server inside a transaction only ``savepoint(file:line:_:)`` can save it.
public final class Session {
    let link: Link
    private let isTransaction: Bool
    private var isEnded = false
    var savepoints = 0

    init(_ link: Link, isTransaction: Bool) {
        self.link = link
        self.isTransaction = isTransaction
    }

    func end() {
        isEnded = true
    }

    /// Whether a transaction is around the calls.
    public var inTransaction: Bool { isTransaction || link.isInTransaction }

    /// The process id of the server's side.
    public var backendPID: Int32 { link.backendPID }

    /// The server's version, such as 150018 for 15.18.
    public var serverVersion: Int32 { link.serverVersion }

    /// All rows, decoded.
    public func all<T>(_ query: Query<T>, file: StaticString = #fileID, line: UInt = #line) throws -> [T] {
        try decode(query, result(query.sql, CallSite(file: file, line: line)))
    }

    /// All rows as they came.
    public func rows(_ sql: SQL, file: StaticString = #fileID, line: UInt = #line) throws -> RowSet {
        RowSet(try result(sql, CallSite(file: file, line: line)))
    }

    /// The first row, or `nil` where there is none; the others are not decoded.
    public func first<T>(_ query: Query<T>, file: StaticString = #fileID, line: UInt = #line) throws -> T? {
        let result = try result(query.sql, CallSite(file: file, line: line))
        return result.rowCount == 0 ? nil : try query.decode(Row(result: result, index: 0))
    }

    /// The only row.
    ///
    /// - Throws: ``PostgresError`` of kind `.unexpectedRowCount` for none and for several.
    public func one<T>(_ query: Query<T>, file: StaticString = #fileID, line: UInt = #line) throws -> T {
        let result = try result(query.sql, CallSite(file: file, line: line))
        guard result.rowCount == 1 else {
            throw PostgresError(
                .unexpectedRowCount, "\(result.rowCount) rows where there has to be one", database: link.database,
                statement: query.sql.text,
                location: result.location)
        }
        return try query.decode(Row(result: result, index: 0))
    }

    /// Runs a command.
    ///
    /// - Returns: how many rows it changed; 0 for one that changes none.
    @discardableResult
    public func run(_ query: Query<Void>, file: StaticString = #fileID, line: UInt = #line) throws -> Int {
        try result(query.sql, CallSite(file: file, line: line)).affected
    }

    /// Runs statements that may be several in one text and have no parameters, in the simple protocol. Outside a transaction the server
    /// makes one of the whole text, unless the text says otherwise.
    public func script(_ text: String, file: StaticString = #fileID, line: UInt = #line) throws {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        try link.script(text, location: location)
    }

    /// Runs `body` so that its changes can be undone alone: they are when it throws, and the error goes on.
    @discardableResult
    public func savepoint<R>(file: StaticString = #fileID, line: UInt = #line, _ body: () throws -> R) throws -> R {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        guard inTransaction else {
            throw PostgresError(.misuse, "a savepoint needs a transaction around it", database: link.database, location: location)
        }
        savepoints += 1
        return try link.savepoint("saasctl_\(savepoints)", location, body)
    }

    func checkUse(_ location: CallSite) throws {
        if isEnded {
            throw PostgresError(
                .misuse, "the session was used after its closure had returned", database: link.database, location: location)
        }
    }

    private func result(_ sql: SQL, _ location: CallSite) throws -> ResultHandle {
        try checkUse(location)
        return try link.execute([sql], location: location)[0]
    }

    func decode<T>(_ query: Query<T>, _ result: ResultHandle) throws -> [T] {
        try result.rows(of: query)
    }
}
