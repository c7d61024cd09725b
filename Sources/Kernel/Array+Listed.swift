extension [String] {
    /// As a sentence names several things: `a`, `a and b`, `a, b and c`.
    ///
    /// - Parameter conjunction: before the last one.
    public func listed(_ conjunction: String = "and") -> String {
        guard count > 1, let last else { return joined() }
        return "\(dropLast().joined(separator: ", ")) \(conjunction) \(last)"
    }
}
