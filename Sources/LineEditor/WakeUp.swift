#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Ends a wait on another thread, by a pipe that is waited for too.
final class WakeUp: Sendable {
    private let output: Int32
    private let input: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without a pipe a wait cannot be ended early, which is no reason not to read.
        _ = pipe(&ends)
        (output, input) = (ends[0], ends[1])
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        for end in [output, input] where end >= 0 { close(end) }
    }

    func send() {
        var byte: UInt8 = 0
        _ = write(input, &byte, 1)
    }

    /// - Returns: false where the wait was ended by ``send()``.
    func wait(for descriptor: Int32) throws(LineEditorError) -> Bool {
        while true {
            // A negative descriptor is left out (poll(2)).
            var waits = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0), pollfd(fd: output, events: Int16(POLLIN), revents: 0)]
            let ready = poll(&waits, nfds_t(waits.count), -1)
            if ready < 0 {
                if errno == EINTR { continue }
                throw .readFailed(errno: errno)
            }
            if waits[1].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 64)
                while read(output, &bytes, bytes.count) > 0 {}
                return false
            }
            if waits[0].revents != 0 { return true }
        }
    }
}
