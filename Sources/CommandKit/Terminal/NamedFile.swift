import Kernel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Files that an operator names, read whole or added to.
public enum NamedFile {
    /// - Parameter limit: a longer file is refused.
    /// - Returns: `nil` where there is no such file.
    /// - Throws: ``NamedFileError``, also for a file that is no UTF-8 text; ``TerminalError/interrupted``.
    public static func text(of path: String, limit: Int) throws -> String? {
        guard let bytes = try bytes(of: path, limit: limit) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw NamedFileError(path: path, reason: "it is not UTF-8 text") }
        return text
    }

    /// In pieces, as they come, because the file may be a pipe (a shell's `<(…)` is one), and one that nobody writes to; or a device without an end.
    ///
    /// - Parameter end: a byte behind which nothing more is wanted.
    /// - Returns: what comes up to the piece that has that byte, or else all; `nil` where there is no such file.
    /// - Throws: ``NamedFileError``, ``TerminalError/interrupted``.
    static func bytes(of path: String, limit: Int, until end: UInt8? = nil) throws -> [UInt8]? {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw NamedFileError(path: path, reason: SystemError.text(errno))
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            try InputWait.untilReady(file)
            let count = read(file, &block, block.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                guard errno == EINTR || errno == EAGAIN else { throw NamedFileError(path: path, reason: SystemError.text(errno)) }
                continue
            }
            bytes += block[..<count]
            if let end, block[..<count].contains(end) { return bytes }
            guard bytes.count <= limit else { throw NamedFileError(path: path, reason: "it is longer than \(limit) bytes") }
        }
    }

    /// Adds to the end of a file, which is made where there is none, and waits for the disk. Of several that do so at once none is lost.
    ///
    /// - Throws: ``NamedFileError``.
    public static func append(_ text: String, to path: String) throws(NamedFileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw NamedFileError(path: path, reason: SystemError.text(errno)) }
        defer { close(descriptor) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw NamedFileError(path: path, reason: SystemError.text(errno)) }
            rest = rest.dropFirst(written)
        }
        // What is no file on a disk, such as a pipe, has nothing to wait for.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw NamedFileError(path: path, reason: SystemError.text(errno)) }
    }
}

/// A file that could not be used as it should.
public struct NamedFileError: Error, Sendable, Hashable {
    public let path: String
    public let reason: String
}

extension CommandContext {
    /// The text of a file that a flag names, or of standard input for `-`.
    ///
    /// - Parameter flag: its name, for errors.
    /// - Throws: `Failure` with `USAGE` where it cannot be read.
    public func text(from path: String, flag: String, limit: Int) throws -> String {
        if path == "-" {
            guard let text = String(validating: try io.readAll(limit: limit), as: UTF8.self) else {
                throw Failure(.usage, "standard input is not UTF-8 text")
            }
            return text
        }
        do {
            guard let text = try NamedFile.text(of: path, limit: limit) else {
                throw Failure(.usage, "\(flag) names \"\(path)\", which does not exist")
            }
            return text
        } catch let error as NamedFileError {
            throw Failure(.usage, "\(flag) names \"\(path)\", which cannot be read: \(error.reason)")
        }
    }
}
