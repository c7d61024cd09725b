import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Carries a wish to stop from any thread to the one that waits on a connection's socket: a flag, and a pipe that wakes `poll`.
///
/// A wish belongs to one call. It is dropped when that call has ended, so a late cancellation never hits the next caller.
final class Interrupt: Sendable {
    typealias CallID = UInt64

    private struct State {
        var call: CallID = 0
        var isRunning = false
        var isCancelled = false
    }

    private let state = Mutex(State())
    /// Whether there may be something in the pipe; spares a system call per call.
    private let isWoken = Atomic(false)
    /// Readable as soon as there is something to look at.
    let readEnd: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe (no descriptor left) a cancellation is noticed when the server next answers or the deadline passes.
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        guard readEnd >= 0 else { return }
        close(readEnd)
        close(writeEnd)
    }

    func begin() -> CallID {
        state.withLock { state in
            state.call += 1
            state.isRunning = true
            state.isCancelled = false
            return state.call
        }
    }

    func end() {
        state.withLock { $0.isRunning = false }
        if isWoken.load(ordering: .acquiring) { drain() }
    }

    func cancel(_ call: CallID) {
        let isNew = state.withLock { state in
            guard state.isRunning, state.call == call, !state.isCancelled else { return false }
            state.isCancelled = true
            return true
        }
        if isNew { wake() }
    }

    func cancelCurrent() {
        cancel(state.withLock { $0.call })
    }

    var isCancelled: Bool {
        state.withLock { $0.isRunning && $0.isCancelled }
    }

    func wake() {
        isWoken.store(true, ordering: .releasing)
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(writeEnd, &byte, 1)
    }

    func drain() {
        isWoken.store(false, ordering: .releasing)
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(readEnd, &bytes, 16) > 0 {}
    }
}
