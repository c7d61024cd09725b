import Synchronization

/// Streams in memory, for tests and for commands whose output somebody else wants.
public final class CapturedTerminal: TerminalIO {
    private struct State {
        var output = ""
        var errors = ""
        var input: [UInt8]
        var failure: TerminalError?
    }

    private let state: Mutex<State>
    public let stdinIsTerminal: Bool
    public let stdoutIsTerminal: Bool
    public let stderrIsTerminal: Bool
    public let width: Int

    /// - Parameter input: what standard input holds.
    /// - Parameter isTerminal: whether all three streams say that they are a terminal.
    public convenience init(input: String = "", isTerminal: Bool = false, width: Int = 80) {
        self.init(input: input, stdinIsTerminal: isTerminal, stdoutIsTerminal: isTerminal, stderrIsTerminal: isTerminal, width: width)
    }

    public init(input: String, stdinIsTerminal: Bool, stdoutIsTerminal: Bool, stderrIsTerminal: Bool, width: Int = 80) {
        state = Mutex(State(input: Array(input.utf8)))
        self.stdinIsTerminal = stdinIsTerminal
        self.stdoutIsTerminal = stdoutIsTerminal
        self.stderrIsTerminal = stderrIsTerminal
        self.width = width
    }

    /// What was written to standard output so far.
    public var output: String { state.withLock { $0.output } }

    /// What was written to standard error so far.
    public var errors: String { state.withLock { $0.errors } }

    /// Makes every further write to standard output fail.
    public func failWrites(with error: TerminalError) {
        state.withLock { $0.failure = error }
    }

    public func write(_ text: String) throws(TerminalError) {
        try state.withLock { (state) throws(TerminalError) in
            if let failure = state.failure { throw failure }
            state.output += text
        }
    }

    public func writeError(_ text: String) {
        state.withLock { $0.errors += text }
    }

    public func readLine() throws(TerminalError) -> String? {
        state.withLock { state in
            guard !state.input.isEmpty else { return nil }
            let end = state.input.firstIndex(of: UInt8(ascii: "\n")) ?? state.input.endIndex
            let line = String(decoding: state.input[..<end], as: UTF8.self)
            state.input.removeFirst(min(end + 1, state.input.count))
            return line.hasSuffix("\r") ? String(line.dropLast()) : line
        }
    }

    public func readAll(limit: Int) throws(TerminalError) -> [UInt8] {
        try state.withLock { (state) throws(TerminalError) in
            guard state.input.count <= limit else { throw .inputTooLong(limit: limit) }
            defer { state.input.removeAll() }
            return state.input
        }
    }

    public func prompt(_ question: String) throws(TerminalError) -> String? {
        writeError(question)
        return try readLine()
    }

    public func promptWithoutEcho(_ question: String) throws(TerminalError) -> String? {
        try prompt(question)
    }
}
