import CLibPQ

extension Link {
    /// Runs a query in single-row mode; each result that `onRow` gets holds one row.
    func stream(_ sql: SQL, location: CallSite, _ onRow: (ResultHandle) throws -> Void) throws {
        let parameters = try Parameters(sql, location: location)
        try flushDeferred(location)
        guard let handle else { throw sendError(statement: sql.text, location: location) }
        let sent = parameters.withPointers { count, types, values, lengths, formats in
            PQsendQueryParams(handle, sql.text, count, types, values, lengths, formats, 1)
        }
        guard sent == 1, PQsetSingleRowMode(handle) == 1 else { throw sendError(statement: sql.text, location: location) }
        isInSingleRowMode = true
        try occupied(by: "a stream", location) {
            while let result = try nextResult(statement: sql.text, location: location) {
                if let error = error(in: result) {
                    if isOpen { drain(location) }
                    throw error
                }
                if result.status == PGRES_SINGLE_TUPLE { try onRow(result) }
            }
        }
    }

    /// libpq keeps the mode until a statement is sent by itself. The first statement of a pipeline would run in it, and give its rows one by one.
    func leaveSingleRowMode(_ location: CallSite) throws {
        guard isInSingleRowMode else { return }
        guard let handle, PQsendQuery(handle, "") == 1 else { throw sendError(statement: "", location: location) }
        isInSingleRowMode = false
        while let result = try nextResult(statement: "", location: location) {
            if let error = error(in: result) { throw error }
        }
    }

    /// Runs `body` while the connection belongs to one statement.
    ///
    /// - Parameter isStopped: whether the statement is stopped, if it still runs, when `body` throws.
    func occupied<R>(by occupation: String, _ location: CallSite, stopping isStopped: Bool = true, _ body: () throws -> R) throws -> R {
        self.occupation = occupation
        defer { self.occupation = nil }
        do {
            return try body()
        } catch {
            if isStopped, transactionStatus == PQTRANS_ACTIVE {
                cancelStatement()
                drain(location)
                settleCancelRequest()
            }
            throw error
        }
    }

    /// Reads what the server still sends for the running statement and drops it. Does not throw, because an error led here already: where
    /// the server does not come to an end, the connection is given up.
    private func drain(_ location: CallSite) {
        do {
            while let result = try nextResult(statement: "", location: location) {
                if result.status == PGRES_COPY_OUT { try dropCopyData(location) }
                if let error = error(in: result), !isOpen { throw error }
            }
        } catch {
            abandon("a statement could not be stopped: \(error)")
        }
    }

    private func dropCopyData(_ location: CallSite) throws {
        while try nextCopyData(location, { _ in }) {}
    }
}
