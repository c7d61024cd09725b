public import Kernel

/// Words as a POSIX shell reads and writes them (POSIX.1-2024, Shell Command Language, 2.2 "Quoting"), without any expansion.
public enum ShellWords {
    /// Splits a line into words. Single quotes keep everything, double quotes keep everything but backslashes before `"`, `\`, `$` and
    /// a backquote, a backslash keeps the next character, `#` at the start of a word begins a comment.
    ///
    /// - Throws: `Failure` with `USAGE` where a quote is not closed or a backslash is the last character.
    public static func split(_ line: String) throws(Failure) -> [String] {
        let scan = Scan(line)
        switch scan.unfinished {
        case nil: return scan.words
        case "\\": throw Failure(.usage, "the line ends in a backslash", hint: "write \\\\ for a backslash, or quote the word")
        case .some(let quote):
            throw Failure(.usage, "a quote (\(quote)) is not closed", hint: "close it, or write \\\(quote) for the character itself")
        }
    }

    /// The words of a line that is still being typed, quotes that are open counting as closed; the last one is the word at the cursor,
    /// empty behind white space.
    public static func splitUnfinished(_ line: String) -> [String] {
        let scan = Scan(line)
        return scan.isBetweenWords ? scan.words + [""] : scan.words
    }

    /// The word as it can be pasted into a shell: in single quotes where it holds anything but letters, digits and `@%+=:,./_-`.
    public static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || "0123456789@%+=:,./_-".unicodeScalars.contains(scalar)
        }
        if isPlain && !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private struct Scan {
        private(set) var words: [String] = []
        /// The quote or backslash that waits for what follows.
        private(set) var unfinished: Unicode.Scalar?
        private(set) var isBetweenWords = true

        init(_ line: String) {
            var word = ""
            var rest = line.unicodeScalars[...]
            while let scalar = rest.popFirst() {
                switch scalar {
                case " ", "\t", "\n", "\r":
                    if !isBetweenWords { words.append(word) }
                    word = ""
                    isBetweenWords = true
                    continue
                case "#" where isBetweenWords: return
                case "\\":
                    if let next = rest.popFirst() { word.unicodeScalars.append(next) } else { unfinished = scalar }
                case "'", "\"": unfinished = Self.takeQuoted(&rest, into: &word, until: scalar) ? nil : scalar
                default: word.unicodeScalars.append(scalar)
                }
                isBetweenWords = false
            }
            if !isBetweenWords { words.append(word) }
        }

        /// - Returns: whether the closing quote was there.
        private static func takeQuoted(
            _ rest: inout String.UnicodeScalarView.SubSequence, into word: inout String, until quote: Unicode.Scalar
        ) -> Bool {
            while let scalar = rest.popFirst() {
                if scalar == quote { return true }
                if quote == "\"", scalar == "\\", let next = rest.first, ["\"", "\\", "$", "`"].contains(next) {
                    word.unicodeScalars.append(next)
                    rest.removeFirst()
                } else {
                    word.unicodeScalars.append(scalar)
                }
            }
            return false
        }
    }
}
