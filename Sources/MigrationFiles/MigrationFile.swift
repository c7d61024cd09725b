/// A file `migrations/<component>/NNNN_what.sql`, read and found well formed.
public struct MigrationFile: Sendable, Hashable {
    /// The folder: `common` or the name of a service.
    public let component: String
    /// From 1, without gaps within its component.
    public let number: Int
    /// The file name without number and extension.
    public let name: String
    /// The whole file, unchanged.
    public let text: String
    public let header: MigrationHeader
    public let statements: [SQLStatement]

    /// Where a reader finds it, from the package root.
    public var path: String { Self.path(component: component, number: number, name: name) }

    public static func path(component: String, number: Int, name: String) -> String {
        let digits = String(number)
        return "migrations/\(component)/\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)_\(name).sql"
    }

    /// - Throws: ``MigrationFileError`` for a name that does not fit, a marker that is unknown or misplaced, text that divides into no
    ///   statements, and statements that a migration may not have.
    public init(component: String, fileName: String, text: String) throws(MigrationFileError) {
        let path = "migrations/\(component)/\(fileName)"
        guard component.isMigrationWord else { throw MigrationFileError(path, .componentName(component)) }
        guard let (number, name) = Self.parse(fileName) else { throw MigrationFileError(path, .fileName) }
        self.component = component
        self.number = number
        self.name = name
        self.text = text
        header = try MigrationHeader(text, path: path)
        do {
            statements = try SQLStatement.split(text)
        } catch {
            throw MigrationFileError(path, line: error.line, .unterminated(error.kind))
        }
        try check(path)
    }

    /// Number and name of `NNNN_what.sql`: four digits, not all zero, then lower-case words, digits and underscores.
    private static func parse(_ fileName: String) -> (Int, String)? {
        let stem = fileName.dropLast(4)
        let digits = stem.prefix(4)
        let name = String(stem.dropFirst(5))
        guard fileName.hasSuffix(".sql"), digits.count == 4, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(digits), number > 0, stem.dropFirst(4).first == "_", name.isMigrationWord
        else { return nil }
        return (number, name)
    }

    private func check(_ path: String) throws(MigrationFileError) {
        guard !text.utf8.contains(0) else { throw MigrationFileError(path, .containsNUL) }
        guard !statements.isEmpty else { throw MigrationFileError(path, .empty) }
        if !header.runsInTransaction, statements.count > 1 {
            throw MigrationFileError(path, line: statements[1].line, .severalStatements(statements.count))
        }
        for statement in statements where statement.controlsTransaction {
            throw MigrationFileError(path, line: statement.line, .transactionControl(statement.words.joined(separator: " ")))
        }
        for statement in statements where !statement.words.first.isKeyword {
            throw MigrationFileError(path, line: statement.line, .notAStatement)
        }
    }

    /// Checks what only the files together can show: each component counts from 1 without gaps.
    ///
    /// - Returns: the files by component in alphabetical order, then by number.
    /// - Throws: ``MigrationFileError`` of the first file that is out of order.
    public static func ordered(_ files: [MigrationFile]) throws(MigrationFileError) -> [MigrationFile] {
        let sorted = files.sorted { ($0.component, $0.number, $0.name) < ($1.component, $1.number, $1.name) }
        var previous: MigrationFile?
        for file in sorted {
            let expected = previous?.component == file.component ? (previous?.number ?? 0) + 1 : 1
            if let previous, file.number < expected { throw MigrationFileError(file.path, .duplicateNumber(previous.path)) }
            if file.number > expected { throw MigrationFileError(file.path, .missingNumber(expected)) }
            previous = file
        }
        return sorted
    }
}

extension Optional<String> {
    fileprivate var isKeyword: Bool { self?.utf8.allSatisfy { (0x61...0x7A).contains($0) } ?? false }
}

extension String {
    /// Lower-case ASCII letters, digits and single underscores, beginning with a letter or a digit.
    var isMigrationWord: Bool {
        let parts = split(separator: "_", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) } }
    }
}

extension SQLStatement {
    /// The runner opens and ends the transaction; a script that did so would tear the migration from the row that records it.
    var controlsTransaction: Bool {
        switch words.first {
        case "begin", "commit", "end", "rollback", "abort": true
        case "start", "prepare": words.dropFirst().first == "transaction"
        default: false
        }
    }
}
