public import Kernel

/// Where lines of commands come from: a person at a terminal, or a pipe.
public protocol LineEditor: Sendable {
    /// Waits for the next line; blocks the calling thread meanwhile.
    ///
    /// - Parameter prompt: shown where there is a person to read it.
    /// - Throws: ``LineEditorError``.
    func readLine(prompt: String) throws(LineEditorError) -> LineInput

    /// Makes a ``readLine(prompt:)`` that waits on another thread return ``LineInput/interrupted``.
    func interrupt()

    /// Offers a line to the history, which may decline it.
    ///
    /// - Throws: ``LineEditorError/historyFailed(path:errno:)``; the line can be recalled in this session all the same.
    func remember(_ line: String) throws(LineEditorError)
}

/// What came instead of, or as, a line.
public enum LineInput: Sendable, Hashable {
    /// Without its line end.
    case line(String)
    /// There was a line, but it cannot be used; the next one can.
    case unusable(LineDefect)
    /// Ctrl-C: what was typed is given up.
    case interrupted
    case endOfInput
}

public enum LineDefect: Sendable, Hashable {
    case tooLong(limit: Int)
    case notUTF8
}

public enum LineEditorError: Error, Sendable, Hashable {
    case readFailed(errno: Int32)
    case historyFailed(path: String, errno: Int32)
    /// A signal asked the process to end while it waited; it has been raised again for whoever handles it.
    case terminated
}

extension LineDefect: DomainError {
    public var failure: Failure {
        switch self {
        case .tooLong(let limit): Failure(.usage, "the line is longer than \(limit) bytes")
        case .notUTF8: Failure(.usage, "the line is not valid UTF-8")
        }
    }
}

extension LineEditorError: DomainError {
    public var failure: Failure {
        switch self {
        case .readFailed(let errno): Failure(.unexpected, "cannot read commands: \(SystemError.text(errno))")
        case .historyFailed(let path, let errno): Failure(.unexpected, "cannot use the history \"\(path)\": \(SystemError.text(errno))")
        case .terminated: Failure(.terminated, "terminated")
        }
    }
}
