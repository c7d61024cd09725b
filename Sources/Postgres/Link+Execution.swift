import CLibPQ

extension Link {
    /// What is sent later, in front of something else.
    enum Deferred {
        /// About the transaction.
        case control(String)
        case statement(SQL, Parameters, CallSite)

        var isStatement: Bool {
            if case .statement = self { true } else { false }
        }

        func isControl(_ text: String) -> Bool {
            if case .control(text) = self { true } else { false }
        }
    }

    /// One message to the server.
    private struct Step {
        enum Purpose {
            /// About the transaction or the connection; its result is only checked.
            case control
            case admission(Admission, Parameters)
            case prepare(StatementCache.Key, name: String)
            case execute(StatementCache.Key, StatementCache.Plan, Parameters)
        }

        let text: String
        let purpose: Purpose
        /// Where it was asked for, for one that was deferred: nobody waits for its answer.
        var origin: CallSite?
    }

    /// Runs statements in one round trip, deferred ones in front of them, and gives their results in order.
    ///
    /// - Throws: the first error; the server has run nothing behind it.
    func execute(_ statements: [SQL], location: CallSite) throws -> [ResultHandle] {
        try checkReady(location)
        let parameters = try statements.map { try Parameters($0, location: location) }
        var steps = try takeDeferred(location)
        for (sql, parameters) in zip(statements, parameters) { steps += self.steps(for: sql, parameters) }
        // Behind the statements, because some (VACUUM, CREATE DATABASE) want to be the first of a pipeline. In a failed transaction the
        // server takes nothing but its end.
        if transactionStatus != PQTRANS_INERROR {
            steps += cache.takeDisplaced().map { Step(text: Self.deallocate + $0, purpose: .control) }
        }
        return try run(steps, location)
    }

    /// Leaves a statement to be sent with whatever is sent next; its error is thrown there.
    ///
    /// - Throws: where a parameter cannot be encoded.
    func enqueue(_ sql: SQL, location: CallSite) throws {
        deferred.append(.statement(sql, try Parameters(sql, location: location), location))
    }

    /// Runs one statement about the transaction, alone and at once.
    func control(_ text: String, location: CallSite) throws -> ResultHandle {
        try checkReady(location)
        return try run([controlStep(text, location)], location)[0]
    }

    /// The same in one round trip with the statements that were deferred, which the server runs first.
    func control(behindDeferred text: String, location: CallSite) throws -> ResultHandle {
        try checkReady(location)
        return try run(takeDeferred(location) + [controlStep(text, location)], location)[0]
    }

    private func controlStep(_ text: String, _ location: CallSite) throws -> Step {
        let sql = SQL(unsafeRaw: text)
        return Step(text: text, purpose: .execute(StatementCache.Key(sql), .once, try Parameters(sql, location: location)))
    }

    private func steps(for sql: SQL, _ parameters: Parameters, origin: CallSite? = nil) -> [Step] {
        let key = StatementCache.Key(sql)
        let plan = cache.plan(for: key)
        let step = Step(text: sql.text, purpose: .execute(key, plan, parameters), origin: origin)
        guard case .prepare(let name) = plan else { return [step] }
        return [Step(text: sql.text, purpose: .prepare(key, name: name), origin: origin), step]
    }

    /// Sends what was deferred, in front of what cannot travel in a pipeline.
    func flushDeferred(_ location: CallSite) throws {
        try checkReady(location)
        let steps = try takeDeferred(location)
        if !steps.isEmpty { _ = try run(steps, location) }
    }

    private func takeDeferred(_ location: CallSite) throws -> [Step] {
        defer { deferred = [] }
        var steps = deferred.flatMap { item in
            switch item {
            case .control(let text): [Step(text: text, purpose: .control)]
            case .statement(let sql, let parameters, let origin): self.steps(for: sql, parameters, origin: origin)
            }
        }
        if let admission {
            // Behind the beginning of the transaction, because some of its modes must be set before any query, and in front of all else.
            let beginning = deferred.prefix { !$0.isStatement }.count
            let step = Step(text: admission.sql.text, purpose: .admission(admission, try Parameters(admission.sql, location: location)))
            steps.insert(step, at: beginning)
        }
        return steps
    }

    private static let deallocate = "deallocate "

    private func run(_ steps: [Step], _ location: CallSite) throws -> [ResultHandle] {
        let isPipeline = steps.count > 1
        if isPipeline { try leaveSingleRowMode(location) }
        guard let handle else { throw sendError(statement: "", location: location) }
        isInSingleRowMode = false
        var sent = !isPipeline || PQenterPipelineMode(handle) == 1
        for step in steps where sent { sent = send(step, to: handle) }
        if sent, isPipeline { sent = PQpipelineSync(handle) == 1 }
        guard sent else { throw sendError(statement: steps.map(\.text).joined(separator: "; "), location: location) }
        return try collect(steps, isPipeline: isPipeline, location)
    }

    /// - Returns: `false` when libpq refused.
    private func send(_ step: Step, to handle: OpaquePointer) -> Bool {
        switch step.purpose {
        case .control:
            PQsendQueryParams(handle, step.text, 0, nil, nil, nil, nil, 1) == 1
        case .prepare(let key, let name):
            PQsendPrepare(handle, name, step.text, Int32(key.oids.count), key.oids) == 1
        case .execute(_, .once, let parameters), .admission(_, let parameters):
            parameters.withPointers { count, types, values, lengths, formats in
                PQsendQueryParams(handle, step.text, count, types, values, lengths, formats, 1) == 1
            }
        case .execute(_, .prepare(let name), let parameters), .execute(_, .prepared(let name), let parameters):
            parameters.withPointers { count, _, values, lengths, formats in
                PQsendQueryPrepared(handle, name, count, values, lengths, formats, 1) == 1
            }
        }
    }

    private func collect(_ steps: [Step], isPipeline: Bool, _ location: CallSite) throws -> [ResultHandle] {
        var results: [ResultHandle] = []
        results.reserveCapacity(steps.count)
        var firstError: (any Error)?
        for step in steps {
            let result = try onlyResult(of: step.text, step.origin ?? location)
            if case .admission(let admission, _) = step.purpose, result.status != PGRES_PIPELINE_ABORTED {
                if let refusal = judge(result, by: admission) {
                    guard isOpen else { throw refusal }
                    firstError = firstError ?? refusal
                }
            } else if result.status == PGRES_PIPELINE_ABORTED {
                forget(step, because: nil)
            } else if let error = error(in: result) {
                guard isOpen else { throw error }
                forget(step, because: error.sqlState)
                firstError = firstError ?? error
            } else if case .execute = step.purpose, step.origin == nil {
                results.append(result)
            }
        }
        if isPipeline {
            guard try nextResult(statement: "", location: location)?.status == PGRES_PIPELINE_SYNC, let handle,
                PQexitPipelineMode(handle) == 1
            else { throw sendError(statement: "", location: location) }
        }
        if let firstError { throw firstError }
        return results
    }

    private func judge(_ result: ResultHandle, by admission: Admission) -> (any Error)? {
        let error = error(in: result)
        do {
            try admission.judge(error.map { .failure($0) } ?? .success(result))
            self.admission = nil
            return nil
        } catch {
            return error
        }
    }

    /// The result of one message; libpq ends each with a NULL.
    private func onlyResult(of statement: String, _ location: CallSite) throws -> ResultHandle {
        guard let result = try nextResult(statement: statement, location: location) else {
            throw sendError(statement: statement, location: location)
        }
        switch result.status {
        case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
            abandon("a COPY was run as a query")
            throw PostgresError(
                .misuse, "COPY runs through copyIn and copyOut", database: database, statement: statement, location: location)
        default: break
        }
        if result.status != PGRES_FATAL_ERROR || isAlive {
            while try nextResult(statement: statement, location: location) != nil {}
        }
        return result
    }

    private var isAlive: Bool {
        handle.map { PQstatus($0) == CONNECTION_OK } ?? false
    }

    private func forget(_ step: Step, because sqlState: SQLState?) {
        switch step.purpose {
        case .control:
            // A displaced statement stays with the server until this is sent again.
            if step.text.hasPrefix(Self.deallocate) { cache.putBack(displaced: String(step.text.dropFirst(Self.deallocate.count))) }
        case .admission: break
        case .prepare(let key, _):
            cache.forget(key)
        case .execute(let key, .prepared, _):
            // Its plan no longer fits the tables, or it is gone.
            if sqlState == .featureNotSupported { cache.discard(key) }
            if sqlState == .invalidStatementName { cache.forget(key) }
        case .execute: break
        }
    }
}
