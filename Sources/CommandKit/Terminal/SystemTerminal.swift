import Kernel
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process's own streams.
///
/// Nothing is read ahead of what is asked for, so that whoever reads standard input next finds the rest. Making it sets SIGPIPE to be
/// ignored, so that a reader that goes away shows as ``TerminalError/outputClosed``.
public final class SystemTerminal: TerminalIO {
    private static let lineLimit = 1 << 20
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    private let writingErrors = Mutex(())

    /// - Parameter input: the descriptors are those of the standard streams unless others are given; they stay the caller's.
    public init(input: Int32 = 0, output: Int32 = 1, errors: Int32 = 2) {
        self.input = input
        self.output = output
        self.errors = errors
        signal(SIGPIPE, SIG_IGN)
    }

    public var stdinIsTerminal: Bool { isatty(input) == 1 }
    public var stdoutIsTerminal: Bool { isatty(output) == 1 }
    public var stderrIsTerminal: Bool { isatty(errors) == 1 }

    public var width: Int {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    public var height: Int? {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return nil }
        return Int(size.ws_row)
    }

    public func write(_ text: String) throws(TerminalError) {
        switch Self.writeAll(text, to: output) {
        case 0: return
        case EPIPE: throw .outputClosed
        case let error: throw .writeFailed(errno: error)
        }
    }

    public func writeError(_ text: String) {
        // One line at a time, so that two tasks do not mix theirs.
        writingErrors.withLock { _ in _ = Self.writeAll(text, to: errors) }
    }

    public func readLine() throws(TerminalError) -> String? {
        var bytes: [UInt8] = []
        while true {
            let block = try read(1)
            guard let byte = block.first else {
                if bytes.isEmpty { return nil }
                break
            }
            if byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
            if bytes.count > Self.lineLimit { throw .inputTooLong(limit: Self.lineLimit) }
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    public func readAll(limit: Int) throws(TerminalError) -> [UInt8] {
        var bytes: [UInt8] = []
        while case let block = try read(65_536), !block.isEmpty {
            bytes += block
            if bytes.count > limit { throw .inputTooLong(limit: limit) }
        }
        return bytes
    }

    public func prompt(_ question: String) throws(TerminalError) -> String? {
        writeError(question)
        return try readLine()
    }

    public func promptWithoutEcho(_ question: String) throws(TerminalError) -> String? {
        writeError(question)
        defer { writeError("\n") }
        return try HiddenInput.line(from: input)
    }

    /// - Returns: at most `count` bytes of standard input; none at its end.
    private func read(_ count: Int) throws(TerminalError) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: count)
        while true {
            try InputWait.untilReady(input)
            let received = readBytes(input, &block, count)
            if received >= 0 {
                block.removeLast(count - received)
                return block
            }
            if errno != EINTR && errno != EAGAIN { throw .readFailed(errno: errno) }
        }
    }

    /// - Returns: 0, or the `errno` of the write that failed.
    private static func writeAll(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes -> Int32 in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let written = writeBytes(descriptor, rest.baseAddress, rest.count)
                if written > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[written...])
                } else if errno == EAGAIN {
                    // Somebody else made the descriptor non-blocking.
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

/// The names of the calls are those of methods here.
let readBytes = read
private let writeBytes = write
