/// What the comment lines at the head of a migration tell the runner.
///
/// A marker is a line of its own, `-- saasctl: <marker>`, before the first line that is neither a comment nor blank:
/// - `requires-binary 0.2.0`: the least version of saasctl that may use the database from this migration on;
/// - `no-transaction`: the file's one statement cannot run inside a transaction (`create index concurrently`).
public struct MigrationHeader: Sendable, Hashable {
    /// The three numbers of the version; `nil` where every version may go on.
    public let requiredBinary: [Int]?
    public let runsInTransaction: Bool

    private static let prefix = "saasctl:"

    init(_ text: String, path: String) throws(MigrationFileError) {
        var required: [Int]?
        var transaction = true
        var isHeader = true
        var number = 0
        // By bytes: to Swift a carriage return and a line feed are one character, which is no "\n".
        for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let content = Substring(line).trimmed
            guard content.hasPrefix("--") else {
                isHeader = isHeader && content.isEmpty
                continue
            }
            let comment = content.dropFirst(2).trimmed
            guard comment.hasPrefix(Self.prefix) else { continue }
            guard isHeader else { throw MigrationFileError(path, line: number, .misplacedMarker) }
            let words = comment.dropFirst(Self.prefix.count).split(separator: " ")
            switch (words.first, words.count) {
            case ("requires-binary", 2):
                guard required == nil else { throw MigrationFileError(path, line: number, .repeatedMarker("requires-binary")) }
                required = try Self.version(words[1], path: path, line: number)
            case ("no-transaction", 1):
                guard transaction else { throw MigrationFileError(path, line: number, .repeatedMarker("no-transaction")) }
                transaction = false
            default:
                throw MigrationFileError(path, line: number, .unknownMarker(words.joined(separator: " ")))
            }
        }
        requiredBinary = required
        runsInTransaction = transaction
    }

    private static func version(_ text: Substring, path: String, line: Int) throws(MigrationFileError) -> [Int] {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == 3, numbers.map(String.init) == parts.map(String.init), numbers.allSatisfy({ $0 >= 0 }) else {
            throw MigrationFileError(path, line: line, .version(String(text)))
        }
        return numbers
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var result = drop(while: \.isWhitespace)
        while result.last?.isWhitespace == true { result.removeLast() }
        return result
    }
}
