public import Kernel

/// The three streams of the process, or what a test puts in their place.
public protocol TerminalIO: Sendable {
    /// Writes to standard output, which carries results and nothing else. All of it is handed over when the call returns.
    ///
    /// - Throws: ``TerminalError``.
    func write(_ text: String) throws(TerminalError)

    /// Writes to standard error. Where that fails there is nobody left to tell, so the failure is not reported.
    func writeError(_ text: String)

    /// The next line of standard input without its line end; `nil` at the end. Bytes that are no UTF-8 become U+FFFD.
    ///
    /// - Throws: ``TerminalError``, also for a line longer than 1 MiB.
    func readLine() throws(TerminalError) -> String?

    /// All the rest of standard input.
    ///
    /// - Parameter limit: throws ``TerminalError/inputTooLong(limit:)`` where there are more bytes.
    func readAll(limit: Int) throws(TerminalError) -> [UInt8]

    /// Shows a question on standard error and reads the answer; `nil` at the end of input.
    func prompt(_ question: String) throws(TerminalError) -> String?

    /// Like ``prompt(_:)``, but what is typed is not shown.
    func promptWithoutEcho(_ question: String) throws(TerminalError) -> String?

    var stdinIsTerminal: Bool { get }
    var stdoutIsTerminal: Bool { get }
    var stderrIsTerminal: Bool { get }
    /// Columns of the terminal behind standard output; 80 where there is none.
    var width: Int { get }
    /// Lines of the terminal behind standard output; `nil` where there is none.
    var height: Int? { get }
}

extension TerminalIO {
    public var height: Int? { nil }
}

/// What can go wrong on a stream.
public enum TerminalError: Error, Sendable, Hashable {
    /// The reader of standard output has gone (EPIPE): the process ends quietly, as with `| head`.
    case outputClosed
    /// Standard output takes no more, for instance because a disk is full.
    case writeFailed(errno: Int32)
    case readFailed(errno: Int32)
    case inputTooLong(limit: Int)
    /// Ctrl-C was typed at a question, or the task was cancelled while it waited for input.
    case interrupted
    /// Standard input is a script of commands, so that a command has none of its own.
    case inputTaken
}

extension TerminalError: DomainError {
    public var failure: Failure {
        switch self {
        case .outputClosed: Failure(.unexpected, "standard output was closed by its reader")
        case .writeFailed(let errno): Failure(.outputFailed, "cannot write to standard output: \(SystemError.text(errno))")
        case .readFailed(let errno): Failure(.unexpected, "cannot read standard input: \(SystemError.text(errno))")
        case .inputTooLong(let limit): Failure(.invalidValue, "standard input is longer than \(limit) bytes")
        case .inputTaken:
            Failure(.usage, "standard input holds the script, so no command can read from it", hint: "give a file instead of \"-\"")
        case .interrupted: Failure(.interrupted, "interrupted")
        }
    }
}
