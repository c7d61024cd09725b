import Dispatch
import Subprocess
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The program at a terminal: what a person would type goes in, what they would see comes out.
public actor PseudoTerminal {
    private let master: FileDescriptor
    private var seen: [UInt8] = []
    private var consumed = 0
    private var hasEnded = false
    private var waiting: CheckedContinuation<Void, Never>?

    init(master: FileDescriptor) {
        self.master = master
    }

    /// Types something. A line ends with `\n`, Ctrl-D is `\u{4}`, Ctrl-C is `\u{3}`.
    public func type(_ text: String) throws {
        try master.writeAll(Array(text.utf8))
    }

    /// Waits until the terminal shows this after what was last expected, and returns what came before it.
    ///
    /// - Throws: ``NotShown`` when the program ends, or the time does, before.
    @discardableResult
    public func expect(_ text: String, within limit: Duration = .seconds(30)) async throws -> String {
        let deadline = Task {
            try await Task.sleep(for: limit)
            self.wake()
        }
        defer { deadline.cancel() }
        let end = ContinuousClock.now + limit
        while true {
            let rest = seen[consumed...]
            if let range = rest.firstRange(of: Array(text.utf8)) {
                let before = String(decoding: rest[..<range.lowerBound], as: UTF8.self)
                consumed = range.upperBound
                return before
            }
            guard !hasEnded, ContinuousClock.now < end else { throw NotShown(text: text, shown: screen) }
            await withCheckedContinuation { waiting = $0 }
        }
    }

    /// All that was shown so far, with the terminal's line ends (`\r\n`) and control sequences.
    public var screen: String { String(decoding: seen, as: UTF8.self) }

    /// What a test waited for in vain.
    public struct NotShown: Error, CustomStringConvertible {
        public let text: String
        public let shown: String
        public var description: String { "the terminal did not show \(text.debugDescription), but: \(shown.debugDescription)" }
    }

    /// Reads until the program, as the last that holds the other end, has closed it.
    func read() async {
        for await chunk in chunks() {
            seen += chunk
            wake()
        }
        hasEnded = true
        wake()
    }

    private func wake() {
        waiting?.resume()
        waiting = nil
    }

    private nonisolated func chunks() -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        // A thread of its own waits in read(2): the cooperative pool must not.
        DispatchQueue(label: "saasctl.tests.terminal").async { [master] in
            var buffer = [UInt8](repeating: 0, count: 4_096)
            // The kernel answers EIO when nobody holds the other end any more.
            while let count = try? buffer.withUnsafeMutableBytes({ try master.read(into: $0) }), count > 0 {
                continuation.yield(Array(buffer[..<count]))
            }
            continuation.finish()
        }
        return stream
    }
}

extension CommandLineFixture {
    /// Runs the program at a terminal of 24 lines and 100 columns, while the body types and looks.
    ///
    /// - Parameter limit: the test fails when the program has not ended by itself before; it is then killed. When the body has ended, the
    ///   terminal stays open until then.
    /// - Returns: the result; all that the terminal showed is its `stdout`.
    public func runAtTerminal(
        _ arguments: String..., variables: [String: String?] = [:], limit: Duration = .seconds(60),
        body: @escaping @Sendable (PseudoTerminal) async throws -> Void
    ) async throws -> CommandResult {
        let environment = merged(variables)
        return try await Deadline.limiting(limit, "saasctl \(arguments.joined(separator: " "))") { [program, scratch] in
            let (master, slave) = try openTerminal()
            let terminal = PseudoTerminal(master: master)
            let reading = Task { await terminal.read() }
            var holdsSlave = true
            let outcome = await Self.outcome {
                try await Subprocess.run(
                    // setsid(1) makes standard input the terminal that controls the program, so that Ctrl-C becomes a signal.
                    .path("/usr/bin/setsid"), arguments: Arguments(["--ctty", "--wait", program.string] + arguments),
                    environment: .custom(environment), workingDirectory: scratch.path,
                    input: .fileDescriptor(slave, closeAfterSpawningProcess: false),
                    output: .fileDescriptor(slave, closeAfterSpawningProcess: false),
                    error: .fileDescriptor(slave, closeAfterSpawningProcess: false)
                ) { _ in
                    // From now on only the program holds it, and reading ends when the program does.
                    try slave.close()
                    holdsSlave = false
                    try await body(terminal)
                }.terminationStatus
            }
            if holdsSlave { try slave.close() }
            await reading.value
            try master.close()
            return CommandResult(arguments: arguments, status: try outcome.get().shellStatus, stdout: await terminal.screen, stderr: "")
        }
    }
}

extension CommandLineFixture {
    private static func outcome<Value>(_ body: () async throws -> Value) async -> Result<Value, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

/// A new pseudo-terminal (pty(7)), by the requests of ioctl_tty(2) that the C library's functions make: Swift does not see those.
private func openTerminal() throws -> (master: FileDescriptor, slave: FileDescriptor) {
    let master = try openDevice("/dev/ptmx")
    do {
        var lock: Int32 = 0
        var number: UInt32 = 0
        var size = winsize(ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        let unlockSlave: UInt = 0x4004_5431
        let slaveNumber: UInt = 0x8004_5430
        guard ioctl(master.rawValue, unlockSlave, &lock) == 0, ioctl(master.rawValue, slaveNumber, &number) == 0,
            ioctl(master.rawValue, UInt(TIOCSWINSZ), &size) == 0
        else { throw Errno(rawValue: errno) }
        return (master, try openDevice("/dev/pts/\(number)"))
    } catch {
        try master.close()
        throw error
    }
}

private func openDevice(_ path: String) throws -> FileDescriptor {
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    return FileDescriptor(rawValue: descriptor)
}
