import FoundationEssentials
import Kernel

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
            do {
                let line = try Data(contentsOf: URL(filePath: path)).prefix { $0 != UInt8(ascii: "\n") }
                text = String(validating: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            } catch {
                throw Failure(.usage, "\(flag) names \"\(path)\", which cannot be read", details: [String(describing: error)])
            }
        }
        guard let text, !text.isEmpty else { throw Failure(.usage, "\(flag) leads to no text in its first line") }
        return text
    }
}
