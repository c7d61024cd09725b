#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Small files of settings and secrets, read whole.
enum TextFile {
    struct Problem: Error {
        let reason: String
    }

    struct Contents {
        let bytes: [UInt8]
        let mode: mode_t
        let owner: uid_t
    }

    /// - Returns: `nil` where there is no such file.
    static func contents(of path: String, limit: Int = 1 << 20) throws(Problem) -> Contents? {
        // A named pipe would keep the command waiting for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Problem(reason: systemMessage())
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Problem(reason: systemMessage()) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw Problem(reason: "it is a folder") }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return Contents(bytes: bytes, mode: status.st_mode & 0o7777, owner: status.st_uid) }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw Problem(reason: systemMessage())
            }
            bytes += buffer[..<count]
            guard bytes.count <= limit else { throw Problem(reason: "it is larger than \(limit) bytes") }
        }
    }

    private static func systemMessage() -> String {
        let text = String(cString: strerror(errno))
        return text.prefix(1).lowercased() + text.dropFirst()
    }
}
