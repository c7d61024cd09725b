#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The lines of earlier sessions, one per line in a file that only its owner may read.
///
/// A session appends its own lines one by one, so that two sessions do not erase each other's.
public struct HistoryFile: Sendable {
    private let path: String
    private let limit: Int

    /// - Parameter path: its folder exists.
    /// - Parameter limit: how many lines are loaded, and kept when the file is cut (at twice as many).
    public init(path: String, limit: Int = 2_000) {
        self.path = path
        self.limit = limit
    }

    /// The last lines, oldest first; none where there is no file yet. Cuts a file that has grown too long.
    public func load() throws(LineEditorError) -> [String] {
        guard let file = openFile(O_RDWR, "r+") else {
            if errno == ENOENT { return [] }
            throw .historyFailed(path: path, errno: errno)
        }
        defer { fclose(file) }
        guard flock(fileno(file), LOCK_EX) == 0, fchmod(fileno(file), 0o600) == 0 else { throw .historyFailed(path: path, errno: errno) }
        var lines: [String] = []
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        while case let length = getline(&buffer, &capacity, file), length > 0, let buffer {
            let bytes = UnsafeRawBufferPointer(start: buffer, count: length)
            lines.append(String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self))
        }
        guard ferror(file) == 0 else { throw .historyFailed(path: path, errno: errno) }
        let kept = Array(lines.suffix(limit))
        if lines.count > 2 * limit { try replaceContents(of: file, with: kept) }
        return kept
    }

    /// - Throws: ``LineEditorError/historyFailed(path:errno:)``.
    public func append(_ line: String) throws(LineEditorError) {
        guard let file = openFile(O_WRONLY | O_APPEND | O_CREAT, "a") else { throw .historyFailed(path: path, errno: errno) }
        defer { fclose(file) }
        guard flock(fileno(file), LOCK_EX) == 0, fchmod(fileno(file), 0o600) == 0, fputs(line + "\n", file) >= 0, fflush(file) == 0 else {
            throw .historyFailed(path: path, errno: errno)
        }
    }

    /// In place and under the lock, so that a session which waits for the lock appends to this very file.
    private func replaceContents(of file: UnsafeMutablePointer<FILE>, with lines: [String]) throws(LineEditorError) {
        rewind(file)
        guard ftruncate(fileno(file), 0) == 0, fputs(lines.map { $0 + "\n" }.joined(), file) >= 0, fflush(file) == 0 else {
            throw .historyFailed(path: path, errno: errno)
        }
    }

    /// A file that is made here is nobody else's to read from its first moment.
    private func openFile(_ flags: Int32, _ mode: String) -> UnsafeMutablePointer<FILE>? {
        let descriptor = open(path, flags | O_CLOEXEC, 0o600)
        return descriptor < 0 ? nil : fdopen(descriptor, mode)
    }
}
