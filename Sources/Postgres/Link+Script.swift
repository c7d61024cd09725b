import CLibPQ

extension Link {
    var backendPID: Int32 { handle.map { PQbackendPID($0) } ?? 0 }

    var serverVersion: Int32 { handle.map { PQserverVersion($0) } ?? 0 }

    func script(_ text: String, location: CallSite) throws {
        try flushDeferred(location)
        // What a script does to tables may invalidate any plan.
        cache.discardAll()
        guard let handle, PQsendQuery(handle, text) == 1 else { throw sendError(statement: text, location: location) }
        var firstError: PostgresError?
        while let result = try nextResult(statement: text, location: location) {
            switch result.status {
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                abandon("a COPY was run in a script")
                throw PostgresError(
                    .misuse, "COPY runs through copyIn and copyOut", database: database, statement: text, location: location)
            default: break
            }
            if let error = error(in: result) {
                guard isOpen else { throw error }
                firstError = firstError ?? error
            }
        }
        if let firstError { throw firstError }
    }

    /// Neither the savepoint nor its release costs a round trip: both go out with the next statement.
    func savepoint<R>(_ name: String, _ location: CallSite, _ body: () throws -> R) throws -> R {
        try checkReady(location)
        let set = "savepoint \(name)"
        deferred.append(.control(set))
        do {
            let value = try body()
            // Their errors are what the savepoint is there for.
            if deferred.contains(where: \.isStatement) { try flushDeferred(location) }
            if let unsent = deferred.firstIndex(where: { $0.isControl(set) }) {
                deferred.removeSubrange(unsent...)
            } else if transactionStatus == PQTRANS_INERROR, let transactionError {
                throw transactionError
            } else {
                deferred.append(.control("release savepoint \(name)"))
            }
            return value
        } catch {
            rollBack(to: name, unlessIn: set, location)
            throw error
        }
    }

    /// Does not throw, so that the error that led here is not hidden; where it fails, the transaction stays failed and cannot commit.
    private func rollBack(to name: String, unlessIn set: String, _ location: CallSite) {
        occupation = nil
        if let unsent = deferred.firstIndex(where: { $0.isControl(set) }) {
            deferred.removeSubrange(unsent...)
            return
        }
        deferred = []
        guard isOpen, isInTransaction else { return }
        shielded {
            do {
                _ = try control("rollback to savepoint \(name)", location: location)
                transactionError = nil
            } catch {
                abandon("a savepoint could not be rolled back: \(error)")
            }
        }
    }
}
