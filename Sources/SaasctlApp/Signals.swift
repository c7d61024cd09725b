import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the process does about SIGINT and SIGTERM: it cancels the command, which rolls back and says so, and ends with 130 or 143. A second
/// signal does not wait for that.
enum Signals {
    private struct State {
        var received: Int32?
        var interception: (@Sendable () -> Void)?
    }

    private static let state = Mutex(State())

    /// Whether the process was asked to end, rather than interrupted.
    static var terminates: Bool { state.withLock { $0.received == SIGTERM } }

    /// What the process will end with because of a signal; `nil` where none has come.
    static var status: Int32? { state.withLock { $0.received.map { 128 + $0 } } }

    /// Runs the program's work under the rules above, which hold until the process ends.
    ///
    /// - Returns: what `work` returns, or 128 and the number of the signal that ended it.
    static func obey(_ work: @escaping @Sendable () async -> Int32) async -> Int32 {
        let task = Task { await work() }
        for number in [SIGINT, SIGTERM] {
            // A source only sees a signal whose own effect is off (dispatch_source_create(3)).
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            // Its handler keeps the source, which so lives as long as the process.
            source.setEventHandler { withExtendedLifetime(source) { receive(number, task) } }
            source.resume()
        }
        let status = await task.value
        return Self.status ?? status
    }

    /// While `work` runs, Ctrl-C does something else: in the console it ends a command, not the console.
    static func intercepting<R: Sendable>(
        interrupt: @escaping @Sendable () -> Void, _ work: () async throws -> R
    ) async rethrows -> R {
        let previous = state.withLock { state in
            defer { state.interception = interrupt }
            return state.interception
        }
        defer { state.withLock { $0.interception = previous } }
        return try await work()
    }

    private static func receive(_ number: Int32, _ task: Task<Int32, Never>) {
        let (interception, isSecond) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
            if number == SIGINT, let interception = state.interception { return (interception, false) }
            defer { state.received = number }
            return (nil, state.received != nil)
        }
        if let interception { return interception() }
        if isSecond { _exit(128 + number) }
        task.cancel()
    }
}
