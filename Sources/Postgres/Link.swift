import CLibPQ

/// Owns a `PGconn` and waits for it. Everything but `PQcancel` happens on the executor of the one ``Connection`` that owns the link.
///
/// The socket never blocks: whoever needs an answer sends, flushes, and waits in ``wait(for:until:isIdle:location:)``, which is the one place where
/// cancellation, deadline and grace period are looked at.
final class Link {
    enum State {
        case open
        /// Broken, with the reason.
        case lost(String)
        case closed
    }

    let configuration: ConnectionConfiguration
    let interrupt = Interrupt()
    private(set) var state = State.closed
    private(set) var handle: OpaquePointer?
    /// Of the connection, once its options are resolved.
    var database: String?

    /// An attempt to connect that was begun ahead of ``connect(_:)``.
    var dialled: Result<ConnectionAttempt, any Error>?

    /// The deadline of the running call.
    var deadline: ContinuousClock.Instant?
    /// While set, the running call's cancellation and deadline are overlooked, and this limit holds: for cleaning up.
    var shieldEnd: ContinuousClock.Instant?
    var cancelRequest: CancelRequest?
    var interruption: PostgresError.Kind?
    var graceEnd: ContinuousClock.Instant?

    /// What goes out together with the next statement, or with the end of the transaction, to spare a round trip each.
    var deferred: [Deferred] = []
    /// Until it is answered well.
    var admission: Admission?
    var cache: StatementCache
    /// The last error of the server within the running transaction.
    var transactionError: PostgresError?
    /// What holds the connection beyond one statement, such as a stream.
    var occupation: String?
    /// Whether libpq may still be in the mode that the last stream has asked for.
    var isInSingleRowMode = false

    init(_ configuration: ConnectionConfiguration) {
        self.configuration = configuration
        admission = configuration.admission
        cache = StatementCache(capacity: configuration.statementCacheCapacity)
    }

    deinit {
        if let handle { PQfinish(handle) }
    }

    var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    var transactionStatus: PGTransactionStatusType {
        handle.map { PQtransactionStatus($0) } ?? PQTRANS_UNKNOWN
    }

    func adopt(_ handle: OpaquePointer) {
        self.handle = handle
        state = .open
    }

    func close() {
        finish(.closed)
    }

    /// Shuts the socket; later calls fail with `reason`.
    func abandon(_ reason: String) {
        finish(.lost(reason))
    }

    private func finish(_ state: State) {
        if let handle { PQfinish(handle) }
        handle = nil
        self.state = state
        deferred = []
    }

    func beginCall(deadline: ContinuousClock.Instant?) {
        self.deadline = [deadline, configuration.deadline].compactMap(\.self).min()
        interruption = nil
        transactionError = nil
    }

    /// Leaves nothing behind that could hit the next call.
    func endCall() {
        settleCancelRequest()
        deadline = nil
        interruption = nil
        occupation = nil
    }

    /// - Throws: where the connection cannot take a statement now: closed, lost, occupied, or the call was cancelled or ran out of time.
    func checkReady(_ location: CallSite) throws {
        switch state {
        case .open: break
        case .closed: throw PostgresError(.closed, "the connection is closed", database: database, location: location)
        case .lost(let reason): throw PostgresError(.connectionLost, reason, database: database, location: location)
        }
        if let occupation {
            throw PostgresError(.misuse, "the connection is busy with \(occupation)", database: database, location: location)
        }
        try checkInterruption(location)
    }
}
