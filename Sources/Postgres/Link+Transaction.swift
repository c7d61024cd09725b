import CLibPQ

extension Link {
    /// How one run of a transaction ended, short of an error that ends the call.
    enum Attempt<Output> {
        case done(Output)
        /// The server gave the transaction up for a reason that running it again may cure.
        case repeatable(any Error)
    }

    /// Runs `body` in a transaction, which begins with its first statement.
    func transaction<R>(_ options: TransactionOptions, _ location: CallSite, _ body: (Session) throws -> R) throws -> Attempt<R> {
        try checkReady(location)
        deferred = [.control(options.beginStatement)]
        transactionError = nil
        let session = Session(self, isTransaction: true)
        do {
            defer { session.end() }
            let value = try body(session)
            try finish(options.ending, location)
            return .done(value)
        } catch {
            rollBack(location)
            // The closure may throw an error of its own in answer to the server's.
            if transactionError?.isRepeatable == true || (error as? PostgresError)?.isRepeatable == true { return .repeatable(error) }
            throw error
        }
    }

    /// Runs `body` outside a transaction; one that it left open is rolled back.
    func session<R>(_ location: CallSite, _ body: (Session) throws -> R) throws -> R {
        try checkReady(location)
        let session = Session(self, isTransaction: false)
        defer {
            session.end()
            rollBack(location)
        }
        let value = try body(session)
        if isInTransaction {
            throw PostgresError(.misuse, "the session left a transaction open; it was rolled back", database: database, location: location)
        }
        return value
    }

    var isInTransaction: Bool {
        transactionStatus == PQTRANS_INTRANS || transactionStatus == PQTRANS_INERROR
    }

    private func finish(_ ending: TransactionOptions.Ending, _ location: CallSite) throws {
        try checkReady(location)
        if !deferred.contains(where: \.isStatement) { deferred = [] }
        // Where no statement was run, none has begun the transaction.
        guard isInTransaction || !deferred.isEmpty else { return }
        if transactionStatus == PQTRANS_INERROR { throw abortedError(location) }
        switch ending {
        case .commit: try commit(location)
        case .rollback:
            _ = try control(behindDeferred: "set constraints all immediate", location: location)
            rollBack(location)
        }
    }

    private func commit(_ location: CallSite) throws {
        // A connection that died before is noticed here, while it is still certain that nothing was committed.
        try checkAlive(location)
        do {
            let result = try control(behindDeferred: "commit", location: location)
            if result.command == "ROLLBACK" { throw abortedError(location) }
        } catch let error as PostgresError where !isOpen {
            throw error.duringCommit
        }
    }

    private func abortedError(_ location: CallSite) -> PostgresError {
        transactionError
            ?? PostgresError(
                .server, "the transaction was rolled back", sqlState: .inFailedTransaction, database: database, location: location)
    }

    /// Ends the transaction if there is one. Where that fails the connection is given up, which ends it as well; so nothing is thrown that
    /// would hide the error that led here.
    private func rollBack(_ location: CallSite) {
        deferred = []
        occupation = nil
        guard isOpen, transactionStatus != PQTRANS_IDLE else { return }
        shielded {
            do {
                _ = try control("rollback", location: location)
            } catch {
                abandon("a transaction could not be rolled back: \(error)")
            }
        }
    }

    private func checkAlive(_ location: CallSite) throws {
        guard let handle else { return }
        if PQconsumeInput(handle) == 0 || PQconsumeInput(handle) == 0 {
            let message = Self.firstLine(of: PQerrorMessage(handle).map { String(cString: $0) } ?? "")
            abandon(message)
            throw PostgresError(.connectionLost, message, database: database, location: location)
        }
    }
}

extension PostgresError {
    var isRepeatable: Bool {
        kind == .server && (sqlState == .serializationFailure || sqlState == .deadlockDetected)
    }
}
