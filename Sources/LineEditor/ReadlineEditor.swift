import CReadline
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Proposals for the word at the cursor.
public enum Completion: Sendable, Hashable {
    /// Each replaces the word.
    case words([String])
    case files
}

/// A terminal with GNU readline: editing, history, completion.
///
/// readline keeps its state in globals, so make only one editor per process, and let one thread at a time read from it.
public final class ReadlineEditor: LineEditor {
    /// Gives the proposals for the word that ends the line, whose quotes are still in it. Called on the thread that reads.
    public typealias Completer = @Sendable (_ line: String, _ word: String) -> Completion

    /// readline's hook cannot carry a context.
    private static let completer = Mutex<Completer?>(nil)

    private let history: HistoryFile?
    private let historyLimit: Int32
    private let lastLine = Mutex("")

    /// - Parameter name: by which a user's `~/.inputrc` can tell the program.
    /// - Parameter history: `nil` to remember nothing beyond this session.
    /// - Parameter input: the terminal that is read, standard input unless another is given; stays the caller's, like `output`.
    /// - Parameter output: where the prompt and what is typed are shown: standard error, since standard output carries results.
    /// - Throws: ``LineEditorError/historyFailed(path:errno:)``; ``LineEditorError/readFailed(errno:)`` for descriptors that are none.
    public init(
        name: String, history: HistoryFile?, historyLimit: Int = 2_000, input: Int32 = 0, output: Int32 = 2, completer: @escaping Completer
    ) throws(LineEditorError) {
        self.history = history
        self.historyLimit = Int32(clamping: historyLimit)
        Self.completer.withLock { $0 = completer }
        let hook: creadline_completer = { ReadlineEditor.complete(word: $0, line: $1, files: $2) }
        guard creadline_initialize(name, hook, input, output) else { throw .readFailed(errno: errno) }
        for line in try history?.load() ?? [] {
            creadline_add_history(line, self.historyLimit)
        }
    }

    public func readLine(prompt: String) throws(LineEditorError) -> LineInput {
        var status = CREADLINE_FAILED
        let line = creadline_read(prompt, &status)
        defer { free(line) }
        switch status {
        case CREADLINE_LINE:
            guard let line else { return .endOfInput }
            guard let text = String(validatingCString: line) else { return .unusable(.notUTF8) }
            return .line(text)
        case CREADLINE_END: return .endOfInput
        case CREADLINE_INTERRUPTED: return .interrupted
        case CREADLINE_TERMINATED: throw .terminated
        default: throw .readFailed(errno: errno)
        }
    }

    public func interrupt() {
        creadline_interrupt()
    }

    /// Lines that ``HistoryPolicy`` declines are kept neither in the file nor in the session; a repetition of the last line is not kept
    /// again.
    public func remember(_ line: String) throws(LineEditorError) {
        guard HistoryPolicy.mayStore(line) else { return }
        let isRepetition = lastLine.withLock { last in
            defer { last = line }
            return last == line
        }
        guard !isRepetition else { return }
        creadline_add_history(line, historyLimit)
        try history?.append(line)
    }

    /// - Returns: an array in memory of `malloc`, as the hook wants it.
    private static func complete(
        word: UnsafePointer<CChar>?, line: UnsafePointer<CChar>?, files: UnsafeMutablePointer<Bool>?
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? {
        guard let word, let line, let files, let completer = completer.withLock({ $0 }) else { return nil }
        switch completer(String(cString: line), String(cString: word)) {
        case .files:
            files.pointee = true
            return nil
        case .words(let words):
            guard let array = calloc(words.count + 1, MemoryLayout<UnsafeMutablePointer<CChar>?>.stride) else { return nil }
            let strings = array.bindMemory(to: UnsafeMutablePointer<CChar>?.self, capacity: words.count + 1)
            for (index, word) in words.enumerated() { strings[index] = strdup(word) }
            return strings
        }
    }
}
