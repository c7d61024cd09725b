import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the process does about SIGINT and SIGTERM: it cancels the command, which rolls back and says so, and ends with 130 or 143. A second
/// signal does not wait for that. SIGHUP, with which a terminal goes away, is taken for SIGTERM, unless it is ignored as under nohup(1).
enum Signals {
    private struct State {
        var received: Int32?
        var interception: (@Sendable () -> Void)?
    }

    private static let state = Mutex(State())

    /// What a handler may do is write(2) to a socket (signal-safety(7)). Not a signal source of Dispatch: on Linux that loses the first signal
    /// now and then, and nothing would ever end a command that waits.
    private static let bell: (reading: Int32, writing: Int32) = {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else {
            fatalError("cannot make a pair of sockets: \(errno)")
        }
        return (ends[0], ends[1])
    }()

    /// Whether the process was asked to end, rather than interrupted.
    static var terminates: Bool { state.withLock { $0.received == SIGTERM } }

    /// What the process will end with because of a signal; `nil` where none has come.
    static var status: Int32? { state.withLock { $0.received.map { 128 + $0 } } }

    /// Runs the program's work under the rules above, which hold until the process ends.
    ///
    /// - Returns: what `work` returns, or 128 and the number of the signal that ended it.
    static func obey(_ work: @escaping @Sendable () async -> Int32) async -> Int32 {
        // No handler may be the first to ask for the bell, which makes it; and work that has begun may be interrupted at once. What comes
        // until somebody reads the bell waits in it.
        let reading = Self.bell.reading
        for number in [SIGINT, SIGTERM, SIGHUP] { ringBell(on: number) }
        let task = Task { await work() }
        let bell = DispatchSource.makeReadSource(fileDescriptor: reading, queue: .global())
        // Its handler keeps the source, which so lives as long as the process.
        bell.setEventHandler {
            var number: UInt8 = 0
            withExtendedLifetime(bell) {
                if read(reading, &number, 1) == 1 { receive(Int32(number), task) }
            }
        }
        bell.resume()
        let status = await task.value
        return Self.status ?? status
    }

    private static func ringBell(on number: Int32) {
        var action = sigaction()
        if number == SIGHUP, sigaction(number, nil, &action) == 0, action.isIgnoring { return }
        action = sigaction()
        action.__sigaction_handler.sa_handler = { number in
            let cause = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(Signals.bell.writing, &byte, 1)
            errno = cause
        }
        action.sa_flags = SA_RESTART
        sigaction(number, &action, nil)
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
        let number = number == SIGHUP ? SIGTERM : number
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

extension sigaction {
    /// `SIG_IGN` is the address 1, which no function has.
    fileprivate var isIgnoring: Bool { unsafeBitCast(__sigaction_handler.sa_handler, to: Int.self) == 1 }
}
