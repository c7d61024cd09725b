/// Text as a terminal shows it: how wide it is, and what of it must not get there.
public enum TerminalText {
    /// The text with everything escaped that would move the cursor, change colours or reorder what is shown: control characters, line
    /// separators, and the bidirectional controls of Unicode. Data may hold such characters; a terminal must not obey them.
    public static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            guard isUnsafe(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    /// Like ``printable(_:)`` for text of several lines, whose line ends stay.
    public static func printableLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }.joined(separator: "\n")
    }

    /// The number of terminal cells that the text takes.
    public static func width(_ text: String) -> Int {
        var text = text
        let isASCII = text.withUTF8 { $0.allSatisfy { $0 < 0x80 } }
        if isASCII { return text.utf8.count }
        return text.reduce(0) { $0 + width($1) }
    }

    /// The text cut to at most this many cells, the last of which is `…` where something was cut off.
    public static func truncated(_ text: String, to limit: Int) -> String {
        guard width(text) > limit else { return text }
        guard limit > 1 else { return limit == 1 ? "…" : "" }
        var result = ""
        var used = 0
        for character in text {
            let width = width(character)
            if used + width > limit - 1 { break }
            used += width
            result.append(character)
        }
        return result + "…"
    }

    /// The text filled up with spaces to this many cells.
    public static func padded(_ text: String, to target: Int, alignment: ColumnAlignment = .leading) -> String {
        let missing = target - width(text)
        guard missing > 0 else { return text }
        let spaces = String(repeating: " ", count: missing)
        switch alignment {
        case .leading: return text + spaces
        case .trailing: return spaces + text
        }
    }

    private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028...0x2029, 0x202A...0x202E, 0x2066...0x2069, 0x200E...0x200F, 0x61C: true
        default: false
        }
    }

    /// Emoji of any number of scalars are one picture of two cells. In any other cluster each scalar has its own width, none for marks.
    private static func width(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        if let first = scalars.first?.properties, first.isEmojiPresentation || first.isEmoji && scalars.contains("\u{FE0F}") { return 2 }
        return scalars.reduce(0) { $0 + width($1) }
    }

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xAD ? 0 : 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .surrogate: return 0
        default: break
        }
        // The second and third letter of a Hangul syllable share the cell of the first.
        if (0x1160...0x11FF).contains(scalar.value) { return 0 }
        return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// East_Asian_Width W and F (UAX #11, EastAsianWidth.txt of Unicode 16), joined over unassigned gaps; emoji come from their property.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3,
        0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1AFF0...0x1B2FB,
        0x1F200...0x1F265, 0x20000...0x3FFFD,
    ]
}

extension StringProtocol {
    /// Without white space at either end.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }

    /// With every occurrence of one text replaced by another.
    func replacing(_ text: String, with replacement: String) -> String {
        var result = ""
        var rest = self[...]
        while let range = rest.firstRange(of: text) {
            result += rest[..<range.lowerBound] + replacement
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
