extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        var text = redactedMessage
        if let sqlState { text += " (\(sqlState))" }
        if commitOutcomeUnknown { text += "; whether the transaction was committed is not known" }
        return text
    }

    public var debugDescription: String {
        var lines = ["\(kind): \(message)"]
        if let sqlState { lines[0] += " (\(sqlState))" }
        let facts = [
            ("detail", presentableDetail), ("hint", hint), ("constraint", constraint), ("table", table), ("column", column),
            ("database", database),
            ("statement", statement),
        ]
        for case (let name, let value?) in facts { lines.append("\(name): \(value)") }
        if commitOutcomeUnknown { lines.append("the outcome of the commit is unknown") }
        lines.append("at: \(file):\(line)")
        return lines.joined(separator: "\n")
    }

    /// The detail of a violated check or not-null constraint is the whole row, the hash of a password included.
    private var presentableDetail: String? {
        switch sqlState {
        case .checkViolation, .notNullViolation: detail.map { _ in "the row that was refused, which is not shown" }
        default: detail
        }
    }

    /// The message without what it quotes from a value. The server does so for errors of class 22 (data exceptions), where the quoted part
    /// comes last or first and any kind of quotation mark may stand, by language; names in other classes are names of objects.
    var redactedMessage: String {
        guard sqlState?.class2 == "22" else { return message }
        let quotes: Set<Character> = ["\"", "«", "»", "„", "“", "”", "‚", "‘", "’", "'", "「"]
        guard let first = message.firstIndex(where: quotes.contains), let last = message.lastIndex(where: quotes.contains) else {
            return message
        }
        return message[..<first] + "\"…\"" + message[message.index(after: last)...]
    }
}
