extension String {
    /// Whether this can stand on one line of a table: so many Unicode scalars, none of them a control character, a line break or invisible,
    /// and not blanks alone.
    public func isPrintableLine(ofLength length: ClosedRange<Int>) -> Bool {
        length.contains(unicodeScalars.count) && contains { !$0.isWhitespace }
            && unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned: false
                default: true
                }
            }
            && !containsMisplacedInvisibles
    }

    /// Whether there are control characters or line breaks in it.
    public var containsControls: Bool {
        unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    /// Whether there is anything in it that cannot be seen, or that changes the order in which the rest is shown: two texts that differ
    /// in it alone look the same.
    public var containsInvisibles: Bool {
        unicodeScalars.contains { $0.isInvisible || $0.isJoiner }
    }

    /// The same, but zero-width joiner and non-joiner pass where they shape what stands on both sides of them: Persian, Sinhala and others
    /// cannot be written without them, nor can composed emoji. Between Latin, Greek and Cyrillic letters they shape nothing.
    private var containsMisplacedInvisibles: Bool {
        var before: Unicode.Scalar?
        var rest = unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar.isInvisible { return true }
            if scalar.isJoiner, before?.isShapedByJoiners != true || rest.first?.isShapedByJoiners != true { return true }
            before = scalar
        }
        return false
    }

    /// Without blanks at both ends.
    public var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}

extension Unicode.Scalar {
    /// Bidirectional controls, spaces without width, the soft hyphen, the byte order mark.
    fileprivate var isInvisible: Bool {
        switch value {
        case 0xAD, 0x61C, 0x200B, 0x200E...0x200F, 0x202A...0x202E, 0x2060...0x2064, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    fileprivate var isJoiner: Bool { value == 0x200C || value == 0x200D }

    fileprivate var isShapedByJoiners: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter: false
        case .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark: value > 0x36F
        default: properties.isEmoji && value > 0xFF
        }
    }
}
