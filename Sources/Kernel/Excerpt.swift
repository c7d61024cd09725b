/// Keeps what somebody typed from flooding the message about it.
enum Excerpt {
    /// Of a value in quotes.
    private static let valueLimit = 80
    /// Paths are quoted whole, or nobody could tell which file is meant.
    private static let pathLimit = 1_000
    /// Of all together, for values that have quotes in them.
    private static let messageLimit = 1_200

    /// The text with everything cut that stands in double quotes and is longer than about 80 characters.
    static func message(_ text: String) -> String {
        guard text.utf8.count > valueLimit else { return text }
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
        let message = parts.enumerated().map { index, part in
            let isQuoted = !index.isMultiple(of: 2)
            return isQuoted ? cut(part, to: part.hasPrefix("/") ? pathLimit : valueLimit) : String(part)
        }
        return cut(message.joined(separator: "\"")[...], to: messageLimit)
    }

    private static func cut(_ text: Substring, to limit: Int) -> String {
        guard text.utf8.count > limit, let end = text.unicodeScalars.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex),
            end < text.endIndex
        else { return String(text) }
        return String(text.unicodeScalars[..<end]) + "…"
    }
}
