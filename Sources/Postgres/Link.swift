import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Owns a `PGconn` and waits for it. Everything but `PQcancel` happens on the executor of the one ``Connection`` that owns the link.
///
/// The socket never blocks: whoever needs an answer sends, flushes, and waits in ``wait(for:until:)``, which is the one place where
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

    /// The deadline of the running call.
    var deadline: ContinuousClock.Instant?
    /// While set, the running call's cancellation and deadline are overlooked, and this limit holds: for cleaning up.
    private var shieldEnd: ContinuousClock.Instant?
    private var cancelRequest: CancelRequest?
    private var interruption: PostgresError.Kind?
    private var graceEnd: ContinuousClock.Instant?

    /// Statements about the transaction that go out together with the next statement, to spare a round trip each.
    var deferred: [String] = []
    var cache: StatementCache
    /// The last error of the server within the running transaction.
    var transactionError: PostgresError?
    /// What holds the connection beyond one statement, such as a stream.
    var occupation: String?

    init(_ configuration: ConnectionConfiguration) {
        self.configuration = configuration
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

    // MARK: - One call of the connection's owner

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

    /// Runs cleaning-up that must happen although the call was cancelled, for as long as the grace period.
    func shielded<R>(_ body: () throws -> R) rethrows -> R {
        settleCancelRequest()
        let outer = shieldEnd
        shieldEnd = outer ?? .now + configuration.cancelGrace
        defer { shieldEnd = outer }
        return try body()
    }

    /// Waits until a cancel request is through, so that it cannot hit what is sent next; gives the connection up when that takes too long.
    private func settleCancelRequest() {
        while let request = cancelRequest, !request.isDone, isOpen {
            let end = graceEnd ?? .now
            guard ContinuousClock.now < end else {
                abandon("the server did not take a cancel request")
                break
            }
            var descriptors = [pollfd(fd: interrupt.readEnd, events: Int16(POLLIN), revents: 0)]
            _ = poll(&descriptors, 1, milliseconds(until: end))
            interrupt.drain()
        }
        cancelRequest = nil
        graceEnd = nil
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
        if shieldEnd == nil, let kind = pendingInterruption() { throw interruptionError(kind, location) }
    }

    private func pendingInterruption() -> PostgresError.Kind? {
        if let interruption { return interruption }
        if interrupt.isCancelled { return .cancelled }
        if let deadline, ContinuousClock.now >= deadline { return .deadlineExceeded }
        return nil
    }

    func interruptionError(_ kind: PostgresError.Kind, _ location: CallSite) -> PostgresError {
        let text = kind == .cancelled ? "the call was cancelled" : "the deadline passed"
        return PostgresError(kind, text, database: database, location: location)
    }

    /// What the call was interrupted for, if the server was asked to cancel.
    var requestedInterruption: PostgresError.Kind? { interruption }

    // MARK: - Waiting

    /// Waits until the socket is ready for one of `events`.
    ///
    /// - Returns: `false` when `limit` passed first.
    /// - Throws: the interruption when the server ignored a cancel request for the grace period; the connection is lost then.
    func wait(for events: Int32, until limit: ContinuousClock.Instant? = nil, location: CallSite) throws -> Bool {
        while true {
            guard let handle else { throw PostgresError(.closed, "the connection is closed", database: database, location: location) }
            try look(location)
            let end = [limit, shieldEnd, graceEnd, shieldEnd == nil && interruption == nil ? deadline : nil].compactMap(\.self).min()
            var descriptors = [
                pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0),
                pollfd(fd: interrupt.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&descriptors, 2, end.map { milliseconds(until: $0) } ?? -1)
            if descriptors[1].revents != 0 { interrupt.drain() }
            if ready > 0, descriptors[0].revents != 0 { return true }
            if let limit, ContinuousClock.now >= limit { return false }
        }
    }

    /// Acts on cancellation, deadline and grace period.
    private func look(_ location: CallSite) throws {
        if let shieldEnd {
            guard ContinuousClock.now >= shieldEnd else { return }
            abandon("the server did not answer while a transaction was ended")
            throw PostgresError(
                .connectionLost, "the server did not answer while a transaction was ended", database: database, location: location)
        }
        if let interruption, let graceEnd {
            guard ContinuousClock.now >= graceEnd else { return }
            abandon("the server did not react to a cancel request")
            throw interruptionError(interruption, location)
        }
        guard let kind = pendingInterruption(), let handle else { return }
        interruption = kind
        guard PQstatus(handle) == CONNECTION_OK, let request = CancelRequest(of: handle, waking: interrupt) else {
            abandon("connecting was interrupted")
            throw interruptionError(kind, location)
        }
        cancelRequest = request
        graceEnd = .now + configuration.cancelGrace
    }

    /// Asks the server to stop the running statement, because the program has no use for the rest of it.
    func cancelStatement() {
        guard let handle, cancelRequest == nil else { return }
        cancelRequest = CancelRequest(of: handle, waking: interrupt)
        graceEnd = .now + configuration.cancelGrace
    }

    private func milliseconds(until end: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = (end - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
