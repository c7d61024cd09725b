import CLibPQ

extension Link {
    /// Starts a COPY and runs `body` while the server is in it.
    func copy<R>(_ sql: SQL, expecting status: ExecStatusType, _ location: CallSite, _ body: () throws -> R) throws -> R {
        guard sql.binds.isEmpty else {
            throw PostgresError(.misuse, "COPY takes no parameters", database: database, statement: sql.text, location: location)
        }
        try flushDeferred(location)
        guard let handle, PQsendQuery(handle, sql.text) == 1 else { throw sendError(statement: sql.text, location: location) }
        guard let result = try nextResult(statement: sql.text, location: location) else {
            throw sendError(statement: sql.text, location: location)
        }
        if let error = error(in: result) {
            while isOpen, try nextResult(statement: sql.text, location: location) != nil {}
            throw error
        }
        guard result.status == status else {
            abandon("a statement that is no COPY of this direction was run as one")
            throw PostgresError(
                .misuse, "the statement is no COPY of this direction", database: database, statement: sql.text, location: location)
        }
        return try body()
    }

    /// Sends one block and waits until the kernel has all of it, so that memory stays constant.
    func putCopyData(_ bytes: [UInt8], _ location: CallSite) throws {
        try checkInterruption(location)
        try bytes.withUnsafeBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            while true {
                guard let handle else { throw sendError(statement: "copy", location: location) }
                switch PQputCopyData(handle, start, Int32(buffer.count)) {
                case 1: return
                case 0: _ = try wait(for: Link.readable | Link.writable, location: location)
                default: throw sendError(statement: "copy", location: location)
                }
            }
        }
        try flush(location)
    }

    /// Ends a COPY to the server.
    ///
    /// - Parameter refusal: makes the server undo it.
    /// - Returns: how many rows were copied.
    func endCopy(refusal: String?, statement: String, _ location: CallSite) throws -> Int {
        while let handle {
            let sent = PQputCopyEnd(handle, refusal)
            if sent == 1 { break }
            guard sent == 0 else { throw sendError(statement: statement, location: location) }
            _ = try wait(for: Link.readable | Link.writable, location: location)
        }
        return try copyResult(statement: statement, location)
    }

    /// Ends a COPY that shall have no effect. Does not throw, because an error led here already: where the server does not come to an end,
    /// the connection is given up.
    func refuseCopy(statement: String, _ location: CallSite) {
        guard isOpen else { return }
        shielded {
            do {
                _ = try endCopy(refusal: "stopped by the program", statement: statement, location)
            } catch {
                if transactionStatus == PQTRANS_ACTIVE { abandon("a COPY could not be stopped: \(error)") }
            }
        }
    }

    /// Reads what ends a COPY.
    func copyResult(statement: String, _ location: CallSite) throws -> Int {
        var affected = 0
        var firstError: PostgresError?
        while let result = try nextResult(statement: statement, location: location) {
            if let error = error(in: result) {
                guard isOpen else { throw error }
                firstError = firstError ?? error
            } else {
                affected = result.affected
            }
        }
        if let firstError { throw firstError }
        return affected
    }

    /// Lends the next block of a COPY from the server.
    ///
    /// - Returns: `false` when there is no more.
    func nextCopyData(_ location: CallSite, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        while let handle {
            var block: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(handle, &block, 1)
            if let block {
                defer { PQfreemem(block) }
                try body(UnsafeRawBufferPointer(start: block, count: Int(count)))
                return true
            }
            guard count == 0 else { return false }
            _ = try wait(for: Link.readable, location: location)
            if PQconsumeInput(handle) == 0 { return false }
        }
        return false
    }
}
