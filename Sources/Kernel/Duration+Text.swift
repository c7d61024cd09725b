extension Duration {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Reads a duration as people type it: a number with one of the units `ms`, `s`, `m`, `h`, `d`, or several such parts (`1h30m`).
    ///
    /// - Returns: a positive duration; `nil` where the text is none, is zero, or passes 10,000 days.
    public init?(text: some StringProtocol) {
        var rest = Substring(text)
        var total: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard digits.count <= 12, let number = Int64(digits), let factor = Self.units.first(where: { $0.suffix == unit })?.milliseconds
            else { return nil }
            let (part, overflow) = number.multipliedReportingOverflow(by: factor)
            guard !overflow, part <= 864_000_000_000, total <= 864_000_000_000 else { return nil }
            total += part
        }
        guard total > 0 else { return nil }
        self = .milliseconds(total)
    }
}
