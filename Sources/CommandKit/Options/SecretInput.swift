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

    private func firstLine(of path: String, flag: String) throws -> String? {
        let newline = UInt8(ascii: "\n")
        let bytes: [UInt8]?
        do {
            bytes = try NamedFile.bytes(of: path, limit: Self.secretLimit, until: newline)
        } catch let error as NamedFileError {
            throw Self.unreadable(path, flag, error.reason)
        }
        guard let bytes else { throw Self.unreadable(path, flag, SystemError.text(ENOENT)) }
        var line = bytes.prefix { $0 != newline }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(validating: line, as: UTF8.self)
    }

    private static func unreadable(_ path: String, _ flag: String, _ reason: String) -> Failure {
        Failure(.usage, "\(flag) names \"\(path)\", which cannot be read: \(reason)")
    }

    /// In bytes; far beyond any password, token or code.
    private static let secretLimit = 65_536
}
