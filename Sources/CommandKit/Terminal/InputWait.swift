#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Waits for input in short turns, between which it looks whether the task has been cancelled: a question that nobody answers must not keep
/// a process alive that was asked to end.
enum InputWait {
    private static let turn: Int32 = 100

    /// - Throws: ``TerminalError/interrupted`` where the task is cancelled.
    static func untilReady(_ descriptor: Int32) throws(TerminalError) {
        var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            let ready = poll(&wait, 1, turn)
            if ready > 0 { return }
            if ready < 0 && errno != EINTR { throw .readFailed(errno: errno) }
            if Task.isCancelled { throw .interrupted }
        }
    }
}
