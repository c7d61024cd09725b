extension Session {
    /// Runs statements that do not need each other's answers in one round trip.
    ///
    /// Outside a transaction the server treats them as one: all take effect or none.
    ///
    /// - Throws: the first error, which names its statement; the server has run nothing behind it.
    public func pipeline<each T>(
        _ queries: repeat Query<each T>, file: StaticString = #fileID, line: UInt = #line
    ) throws -> (repeat Answer<each T>) {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        var statements: [SQL] = []
        repeat statements.append((each queries).sql)
        let results = try link.execute(statements, location: location)
        var index = 0
        func answer<Output>(_ query: Query<Output>) throws -> Answer<Output> {
            defer { index += 1 }
            return Answer(rows: try decode(query, results[index]), affected: results[index].affected)
        }
        return (repeat try answer(each queries))
    }

    /// The same for any number of statements of one kind.
    public func pipeline<T>(_ queries: [Query<T>], file: StaticString = #fileID, line: UInt = #line) throws -> [Answer<T>] {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        guard !queries.isEmpty else { return [] }
        let results = try link.execute(queries.map(\.sql), location: location)
        return try zip(queries, results).map { Answer(rows: try decode($0, $1), affected: $1.affected) }
    }

    /// Leaves a command to be sent in one round trip with the next statement of this transaction or, if none follows, with its end.
    ///
    /// For what a transaction has to do last and does not need the answer of. Its error ends the transaction, thrown by whatever was sent
    /// with it, the end of the transaction included.
    public func enqueue(_ query: Query<Void>, file: StaticString = #fileID, line: UInt = #line) throws {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        guard inTransaction else {
            throw PostgresError(.misuse, "a command is left for the end of a transaction only", database: link.database, location: location)
        }
        try link.enqueue(query.sql, location: location)
    }
}
