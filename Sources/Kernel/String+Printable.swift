extension String {
    /// Whether this can stand on one line of a table: so many Unicode scalars, none of them a control character or a line break, and not
    /// blanks alone.
    public func isPrintableLine(ofLength length: ClosedRange<Int>) -> Bool {
        length.contains(unicodeScalars.count) && contains { !$0.isWhitespace }
            && unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .surrogate, .lineSeparator, .paragraphSeparator, .unassigned: false
                default: true
                }
            }
    }

    /// Without blanks at both ends.
    public var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
