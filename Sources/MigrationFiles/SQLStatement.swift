/// One statement of an SQL script.
public struct SQLStatement: Sendable, Hashable {
    /// From its first word up to its semicolon, which is left out. Comments before the first word belong to no statement.
    public let text: Substring
    /// The line of its first word; the script begins with line 1.
    public let line: Int
    /// Its first words in lower case, at most four, as far as they stand side by side: `["create", "or", "replace", "function"]`.
    public let words: [String]

    /// The statements of a script, divided as `psql` divides them (`src/fe_utils/psqlscan.l`): a semicolon ends a statement unless it stands
    /// in a quote, a comment, parentheses, or between `begin atomic` and `end` of an SQL-standard function body.
    ///
    /// - Throws: ``UnterminatedSQL`` where a quote, a comment or a parenthesis is still open at the end.
    public static func split(_ script: String) throws(UnterminatedSQL) -> [SQLStatement] {
        var scanner = StatementScanner(script)
        return try scanner.statements()
    }
}

/// Something in an SQL script opens and never closes.
public struct UnterminatedSQL: Error, Hashable {
    public enum Kind: String, Sendable {
        case string = "string"
        case identifier = "quoted identifier"
        case dollarQuote = "dollar-quoted string"
        case comment = "comment"
        case parenthesis = "parenthesis"
        case functionBody = "function body"
    }

    public let kind: Kind
    /// Where it opens; for a function body and a parenthesis, where the statement does.
    public let line: Int

    public init(kind: Kind, line: Int) {
        self.kind = kind
        self.line = line
    }
}
