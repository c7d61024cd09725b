import Kernel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CommandContext {
    /// The secret that a `--…-file` flag points to: the first line of the file, or of standard input for `-`. Secrets never come as
    /// arguments, which every process on the machine can read.
    ///
    /// - Parameter flag: its name, for errors.
    /// - Throws: `Failure` with `USAGE` where there is no such file, or nothing in it.
    public func secret(from path: String, flag: String) throws -> String {
        let text: String?
        if path == "-" {
            text = try io.readLine()
        } else {
            text = try firstLine(of: path, flag: flag)
        }
        guard let text, !text.isEmpty else { throw Failure(.usage, "\(flag) leads to no text in its first line") }
        return text
    }

    /// The same where the flag may be left out: then whoever sits at a terminal is asked, and nothing is shown of the answer.
    ///
    /// - Throws: `Failure` with `USAGE` where nobody can be asked, naming the flag.
    public func secret(from path: String?, flag: String, asking question: String) throws -> String {
        if let path { return try secret(from: path, flag: flag) }
        guard confirmation.mayAsk else {
            throw Failure(.usage, "\(flag) is missing", hint: "\(flag) - takes the first line of standard input")
        }
        guard let text = try io.promptWithoutEcho(question), !text.isEmpty else { throw Failure(.usage, "nothing was typed") }
        return text
    }

    /// In pieces, as they come, because the file may be a pipe (a shell's `<(…)` is one), and one that nobody writes to; or a device without an end.
    private func firstLine(of path: String, flag: String) throws -> String? {
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw Self.unreadable(path, flag) }
        defer { close(file) }
        var line: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4_096)
        while !line.contains(UInt8(ascii: "\n")) {
            guard line.count <= Self.secretLimit else {
                throw Failure(.usage, "\(flag) leads to more than \(Self.secretLimit) bytes in its first line")
            }
            try InputWait.untilReady(file)
            let count = readBytes(file, &block, block.count)
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { throw Self.unreadable(path, flag) }
            } else if count == 0 {
                break
            } else {
                line += block[..<count]
            }
        }
        line = Array(line.prefix { $0 != UInt8(ascii: "\n") })
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(validating: line, as: UTF8.self)
    }

    private static func unreadable(_ path: String, _ flag: String) -> Failure {
        Failure(.usage, "\(flag) names \"\(path)\", which cannot be read: \(SystemError.text(errno))")
    }

    /// In bytes; far beyond any password, token or code.
    private static let secretLimit = 65_536
}
