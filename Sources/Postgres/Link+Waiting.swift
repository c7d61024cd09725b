import CLibPQ

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Waiting for the socket, and what can end it: readiness, a limit of the caller's, cancellation, the deadline, the grace period.
extension Link {
    static let readable = Int32(POLLIN)
    static let writable = Int32(POLLOUT)

    /// Waits until the socket is ready for one of `events`.
    ///
    /// - Parameter isIdle: no statement is running that the server could be asked to stop, so an interruption is thrown at once.
    /// - Returns: `false` when `limit` passed first.
    /// - Throws: the interruption when the server ignored a cancel request for the grace period, an error of kind `.connectionLost` when it
    ///   owed an answer for too long; the connection is lost then.
    func wait(
        for events: Int32, until limit: ContinuousClock.Instant? = nil, isIdle: Bool = false, location: CallSite
    ) throws -> Bool {
        let silenceEnd = isIdle ? nil : configuration.answerTimeout.map { ContinuousClock.now + $0 }
        while true {
            guard let handle else { throw PostgresError(.closed, "the connection is closed", database: database, location: location) }
            if isIdle { try checkInterruption(location) } else { try act(location) }
            let callEnd = shieldEnd ?? graceEnd ?? deadline
            let end = [limit, callEnd, silenceEnd].compactMap(\.self).min()
            var descriptors = [
                pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0),
                pollfd(fd: interrupt.readEnd, events: Int16(POLLIN), revents: 0),
            ]
            // Of a broken connection; whoever reads from it next learns why.
            guard descriptors[0].fd >= 0 else { return true }
            let ready = poll(&descriptors, 2, end.map { milliseconds(until: $0) } ?? -1)
            if descriptors[1].revents != 0 { interrupt.drain() }
            if ready > 0, descriptors[0].revents != 0 { return true }
            if let limit, ContinuousClock.now >= limit { return false }
            if let silenceEnd, ContinuousClock.now >= silenceEnd { throw silence(location) }
        }
    }

    /// Whether the socket takes bytes at this moment.
    var isWritable: Bool {
        guard let handle else { return false }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLOUT), revents: 0)
        return descriptor.fd >= 0 && poll(&descriptor, 1, 0) > 0
    }

    /// Takes in what has arrived between calls, and gives the connection up where that is its end.
    func noticeEnd() {
        while isOpen, let handle {
            var descriptors = [pollfd(fd: PQsocket(handle), events: Int16(Link.readable), revents: 0)]
            guard descriptors[0].fd >= 0 else { return abandon("the server closed the connection") }
            guard poll(&descriptors, 1, 0) > 0 else { return }
            guard PQconsumeInput(handle) == 1, PQstatus(handle) == CONNECTION_OK else {
                return abandon("the server closed the connection")
            }
        }
    }

    /// Asks the server to stop the running statement, because the program has no use for the rest of it.
    func cancelStatement() {
        guard let handle, cancelRequest == nil else { return }
        cancelRequest = CancelRequest(of: handle, waking: interrupt)
        graceEnd = .now + configuration.cancelGrace
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
    func settleCancelRequest() {
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

    /// - Throws: where the call was cancelled or ran out of time, unless it is shielded.
    func checkInterruption(_ location: CallSite) throws {
        if shieldEnd == nil, let kind = pendingInterruption() { throw interruptionError(kind, location) }
    }

    func interruptionError(_ kind: PostgresError.Kind, _ location: CallSite) -> PostgresError {
        let text = kind == .cancelled ? "the call was cancelled" : "the deadline passed"
        return PostgresError(kind, text, database: database, location: location)
    }

    private func pendingInterruption() -> PostgresError.Kind? {
        if let interruption { return interruption }
        if interrupt.isCancelled { return .cancelled }
        if let deadline, ContinuousClock.now >= deadline { return .deadlineExceeded }
        return nil
    }

    /// Passes an interruption on to the server, once, and gives the connection up when time has run out for good.
    private func act(_ location: CallSite) throws {
        if let end = shieldEnd ?? graceEnd {
            guard ContinuousClock.now >= end else { return }
            let reason = "the server did not react to a request to stop"
            abandon(reason)
            if shieldEnd == nil, let interruption { throw interruptionError(interruption, location) }
            throw PostgresError(.connectionLost, reason, database: database, location: location)
        }
        guard let kind = pendingInterruption() else { return }
        interruption = kind
        cancelStatement()
    }

    /// The request to stop would need an answer as well, so there is none; a statement's own limit is the server's matter.
    private func silence(_ location: CallSite) -> PostgresError {
        let reason = "the server has not answered in time"
        abandon(reason)
        return PostgresError(.connectionLost, reason, database: database, location: location)
    }

    private func milliseconds(until end: ContinuousClock.Instant) -> Int32 {
        let (seconds, attoseconds) = (end - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}
