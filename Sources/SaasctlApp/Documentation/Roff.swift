import CommandKit

/// A manual page in the making, in the macros of man(7).
struct Roff {
    private(set) var result: String

    /// There is no date in it: the same tree gives the same bytes.
    init(title: String) {
        result =
            ".\\\" Generated from the command tree; do not edit.\n.TH \(Self.argument(title.uppercased())) 1 \"\" saasctl \"saasctl manual\"\n.nh\n.ad l\n"
    }

    mutating func section(_ title: String) {
        result += ".SH \(Self.argument(title))\n"
    }

    mutating func subsection(_ title: String) {
        result += ".SS \(Self.argument(title))\n"
    }

    /// A line that is neither filled nor broken at hyphens.
    mutating func synopsis(_ line: String) {
        result += ".HP\n.B \(Self.argument(line))\n"
    }

    mutating func text(_ text: String) {
        result += Self.lines(text)
    }

    mutating func paragraphs(_ text: String) {
        for paragraph in text.split(separator: "\n\n") {
            result += ".PP\n"
            write(paragraph)
        }
    }

    /// More about the last item.
    mutating func indentedParagraphs(_ text: String) {
        for paragraph in text.split(separator: "\n\n") {
            result += ".IP\n"
            write(paragraph)
        }
    }

    mutating func item(_ term: String, _ meaning: String) {
        result += ".TP\n.B \(Self.argument(term))\n\(Self.lines(meaning))"
    }

    /// Indented lines are examples and keep their line breaks.
    private mutating func write(_ paragraph: Substring) {
        let lines = paragraph.split(separator: "\n")
        if lines.allSatisfy({ $0.hasPrefix("  ") }) {
            result += ".nf\n" + lines.map { Self.lines(String($0)) }.joined() + ".fi\n"
        } else {
            result += lines.map { Self.lines(String($0)) }.joined()
        }
    }

    /// Backslashes and hyphens have a meaning of their own everywhere, a dot or an apostrophe at the start of a line.
    private static func lines(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            let escaped = escaped(String(line))
            return (escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" : "") + escaped + "\n"
        }.joined()
    }

    private static func argument(_ text: String) -> String {
        "\"" + escaped(text).split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\(dq") + "\""
    }

    /// What is not ASCII goes by its number, since formatters disagree about encodings (groff_char(7)).
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case _ where !scalar.isASCII:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\[u\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
