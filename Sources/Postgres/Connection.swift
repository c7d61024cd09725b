/// One connection to one database.
///
/// Calls run one after the other on a thread of the connection's own. Cancelling a task that runs or waits in a call asks the server to
/// stop; the call then throws ``PostgresError`` of kind `.cancelled`, after the grace period at the latest.
public actor Connection {
    private nonisolated let executor: QueueExecutor
    private nonisolated let interrupt: Interrupt
    private let link: Link

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Begins to connect without waiting, so that a server on this machine starts its session while the caller does other things.
    /// ``establish(file:line:)`` has to follow before anything else.
    public init(dialling configuration: ConnectionConfiguration, file: StaticString = #fileID, line: UInt = #line) {
        self.init(configuration) { $0.dial(CallSite(file: file, line: line)) }
    }

    private init(_ configuration: ConnectionConfiguration, _ prepare: (Link) -> Void = { _ in }) {
        let link = Link(configuration)
        prepare(link)
        self.link = link
        interrupt = link.interrupt
        executor = QueueExecutor(label: "saasctl.postgres")
    }

    /// Connects. The session is in UTF-8 and UTC.
    ///
    /// - Throws: ``PostgresError`` of kind `.configuration`, `.connectionFailed`, `.cancelled` or `.deadlineExceeded`.
    public static func open(
        _ configuration: ConnectionConfiguration, file: StaticString = #fileID, line: UInt = #line
    ) async throws -> Connection {
        let connection = Connection(configuration)
        try await connection.establish(file: file, line: line)
        return connection
    }

    /// Connects, or ends what ``init(dialling:file:line:)`` has begun.
    ///
    /// - Throws: as ``open(_:file:line:)``.
    public func establish(file: StaticString = #fileID, line: UInt = #line) async throws {
        let location = CallSite(file: file, line: line)
        try await call(deadline: nil, location) { link in try link.connect(location) }
    }

    /// Runs `body` in a transaction, which commits when it returns and rolls back when it throws.
    ///
    /// The transaction begins with the first statement of `body`. With a retry policy `body` runs again after a serialization failure or a
    /// deadlock. An error of kind `.connectionLost` whose `commitOutcomeUnknown` is set means that the change may have been made.
    @discardableResult
    public func transaction<R: Sendable>(
        _ options: TransactionOptions = TransactionOptions(), file: StaticString = #fileID, line: UInt = #line,
        _ body: @Sendable (Session) throws -> R
    ) async throws -> R {
        let location = CallSite(file: file, line: line)
        var attempt = 1
        while true {
            let outcome = try await call(deadline: options.deadline, location) { link in
                try link.transaction(options, location, body)
            }
            switch outcome {
            case .done(let value): return value
            case .repeatable(let error):
                guard attempt < options.retry.attempts else { throw error }
                try await pause(options.retry.pause(afterAttempt: attempt), location)
                attempt += 1
            }
        }
    }

    /// Runs `body` outside a transaction: each statement commits for itself. A transaction that `body` leaves open is rolled back.
    @discardableResult
    public func session<R: Sendable>(
        deadline: ContinuousClock.Instant? = nil, file: StaticString = #fileID, line: UInt = #line, _ body: @Sendable (Session) throws -> R
    ) async throws -> R {
        let location = CallSite(file: file, line: line)
        return try await call(deadline: deadline, location) { link in try link.session(location, body) }
    }

    /// Whether the connection can be used as far as is known: a server that has died since the last call is only noticed by the next.
    public var isOpen: Bool { link.isOpen }

    /// Whether the connection can still be used, by what the server has sent unasked since the last call: a good-bye, or the end of the
    /// stream. Sends nothing and waits for nothing; a server that vanished without a word is only noticed by the next call.
    public func isAlive() -> Bool {
        link.noticeEnd()
        return link.isOpen
    }

    /// Closes the connection; a second time does nothing. Later calls throw ``PostgresError`` of kind `.closed`.
    public func close() {
        link.close()
    }

    /// Asks the server to stop what the running call waits for, which then throws ``PostgresError`` of kind `.cancelled`. Does nothing while
    /// no call is running. Returns at once and may be called from anywhere, a signal's handler queue included.
    public nonisolated func cancelCurrentQuery() {
        interrupt.cancelCurrent()
    }

    private func call<R>(
        deadline: ContinuousClock.Instant?, _ location: CallSite, _ body: (Link) throws -> R
    ) async throws -> R {
        let id = interrupt.begin()
        defer { interrupt.end() }
        return try await withTaskCancellationHandler {
            link.beginCall(deadline: deadline)
            defer { link.endCall() }
            return try body(link)
        } onCancel: { [interrupt] in
            interrupt.cancel(id)
        }
    }

    private func pause(_ duration: Duration, _ location: CallSite) async throws {
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw link.interruptionError(.cancelled, location)
        }
    }
}
