import CLibPQ

extension Link {
    /// Hands everything queued to the kernel, reading meanwhile what the server sends: it may wait for that before it reads on.
    func flush(_ location: CallSite) throws {
        while let handle, PQflush(handle) == 1 {
            _ = try wait(for: Self.readable | Self.writable, location: location)
            // A failure shows in the results, which are fetched next and may hold the server's last words.
            if PQconsumeInput(handle) == 0 { return }
        }
    }

    /// The next result of what was sent, or `nil` between two statements.
    func nextResult(statement: String, location: CallSite) throws -> ResultHandle? {
        try flush(location)
        while let handle, PQisBusy(handle) == 1 {
            _ = try wait(for: Self.readable, location: location)
            if PQconsumeInput(handle) == 0 { break }
        }
        guard let handle else { throw PostgresError(.closed, "the connection is closed", database: database, location: location) }
        return PQgetResult(handle).map { ResultHandle($0, statement: statement, location: location) }
    }

    /// The error that a result reports, `nil` if it reports none.
    func error(in result: ResultHandle) -> PostgresError? {
        guard result.status == PGRES_FATAL_ERROR || result.status == PGRES_BAD_RESPONSE || result.status == PGRES_NONFATAL_ERROR else {
            return nil
        }
        let sqlState = result.diagnostic("C").map { SQLState($0) }
        let severity = result.diagnostic("V")
        let isFatal = severity == "FATAL" || severity == "PANIC" || handle.map { PQstatus($0) == CONNECTION_BAD } ?? true
        let message = result.diagnostic("M") ?? Self.firstLine(of: result.errorMessage)
        var kind = isFatal ? PostgresError.Kind.connectionLost : .server
        if !isFatal, sqlState == .queryCanceled, let interruption { kind = interruption }
        let error = PostgresError(
            kind, message, sqlState: sqlState, detail: result.diagnostic("D"), hint: result.diagnostic("H"),
            constraint: result.diagnostic("n"), table: result.diagnostic("t"), column: result.diagnostic("c"), database: database,
            statement: result.statement, location: result.location)
        if isFatal { abandon(message) } else { transactionError = error }
        return error
    }

    /// The error of a call into libpq that failed at once. How much was sent is not known then, so the connection is given up.
    func sendError(statement: String, location: CallSite) -> PostgresError {
        let message = Self.firstLine(of: handle.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? "")
        abandon(message)
        return PostgresError(.connectionLost, message, database: database, statement: statement, location: location)
    }

    static func firstLine(of message: String) -> String {
        message.split(separator: "\n").first.map(String.init) ?? "the connection was lost"
    }
}
