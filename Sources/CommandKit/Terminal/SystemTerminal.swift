import Kernel
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process's own streams.
///
/// One per process: it keeps what it has read ahead of standard input. Making it sets SIGPIPE to be ignored, so that a reader that goes
/// away shows as ``TerminalError/outputClosed``.
public final class SystemTerminal: TerminalIO {
    private let input = Mutex(BufferedInput())
    private let errorOutput = Mutex(())

    public init() {
        signal(SIGPIPE, SIG_IGN)
    }

    public var stdinIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
    public var stdoutIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    public var stderrIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    public var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    public func write(_ text: String) throws(TerminalError) {
        switch Self.writeAll(text, to: STDOUT_FILENO) {
        case 0: return
        case EPIPE: throw .outputClosed
        case let error: throw .writeFailed(errno: error)
        }
    }

    public func writeError(_ text: String) {
        // One line at a time, so that two tasks do not mix theirs.
        errorOutput.withLock { _ in _ = Self.writeAll(text, to: STDERR_FILENO) }
    }

    public func readLine() throws(TerminalError) -> String? {
        try input.withLock { (input) throws(TerminalError) in try input.line() }
    }

    public func readAll(limit: Int) throws(TerminalError) -> [UInt8] {
        try input.withLock { (input) throws(TerminalError) in try input.all(limit: limit) }
    }

    public func prompt(_ question: String) throws(TerminalError) -> String? {
        writeError(question)
        return try readLine()
    }

    public func promptWithoutEcho(_ question: String) throws(TerminalError) -> String? {
        writeError(question)
        defer { writeError("\n") }
        return try HiddenInput.read(from: STDIN_FILENO)
    }

    /// - Returns: 0, or the `errno` of the write that failed.
    private static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes -> Int32 in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                } else if errno == EAGAIN {
                    // A descriptor that somebody else made non-blocking: wait until it takes bytes again.
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
    }
}
