import CLibPQ

extension Session {
    /// Copies rows into a table: `copy plan (id, name) from stdin (format binary)`.
    ///
    /// - Parameter body: writes the rows. When it throws, nothing is copied; inside a transaction only a savepoint can go on from there.
    /// - Returns: how many rows were copied.
    @discardableResult
    public func copyIn(
        _ sql: SQL, file: StaticString = #fileID, line: UInt = #line, _ body: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        return try link.copy(sql, expecting: PGRES_COPY_IN, location) {
            do {
                try link.occupied(by: "a COPY", location, stopping: false) {
                    var writer = CopyWriter(link, location)
                    try body(&writer)
                    try writer.finish()
                }
            } catch {
                link.refuseCopy(statement: sql.text, location)
                throw error
            }
            return try link.endCopy(refusal: nil, statement: sql.text, location)
        }
    }

    /// Copies rows out of the database.
    ///
    /// - Parameter body: gets the bytes as the server sends them, in blocks of a row or so, which must not be kept. When it throws, the
    ///   server is asked to stop.
    public func copyOut(
        _ sql: SQL, file: StaticString = #fileID, line: UInt = #line, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        try link.copy(sql, expecting: PGRES_COPY_OUT, location) {
            try link.occupied(by: "a COPY", location) {
                while try link.nextCopyData(location, body) {}
            }
            _ = try link.copyResult(statement: sql.text, location)
        }
    }

    /// Copies rows out of the database as they are: `copy (select …) to stdout (format binary)`.
    ///
    /// - Parameters:
    ///   - columns: how many each row has.
    ///   - isEnough: asked behind each row. Where it says so the server is asked to stop, with which a transaction around it has failed.
    /// - Returns: the rows, the one included that was enough.
    /// - Throws: `PostgresError`, of kind `.decoding` where the rows are not such; what `isEnough` throws.
    public func copyRows(
        _ sql: SQL, columns: Int, file: StaticString = #fileID, line: UInt = #line, until isEnough: (CopiedRows) throws -> Bool
    ) throws -> CopiedRows {
        struct Enough: Error {}
        var rows = CopiedRows(columns: columns)
        do {
            try copyOut(sql, file: file, line: line) { block in
                guard let isRow = rows.append(block) else {
                    throw PostgresError(
                        .decoding, "the server sends no rows of \(columns) columns", database: link.database, statement: sql.text,
                        location: CallSite(file: file, line: line))
                }
                if isRow, try isEnough(rows) { throw Enough() }
            }
        } catch is Enough {}
        return rows
    }

    /// Runs a query whose rows are decoded one by one as they arrive, in constant memory.
    ///
    /// - Parameter body: may not use the session. When it throws, the server is asked to stop.
    public func stream<T>(
        _ query: Query<T>, file: StaticString = #fileID, line: UInt = #line, _ body: (T) throws -> Void
    ) throws {
        let location = CallSite(file: file, line: line)
        try checkUse(location)
        try link.stream(query.sql, location: location) { result in
            try body(query.decode(Row(result: result, index: 0)))
        }
    }
}
