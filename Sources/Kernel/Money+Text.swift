extension Money {
    /// Reads the form of ``description``: `1234.50 EUR`, `-0.05 USD`, `500 JPY`. Decimals may be left out, but there are never more than the currency has;
    /// nothing groups digits.
    ///
    /// - Throws: ``MoneyError``.
    public init(text: String) throws(MoneyError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2 else { throw .unreadable(text) }
        let currency = String(words[1])
        guard Currency.isKnown(currency) else { throw .unknownCurrency(currency) }
        let isNegative = words[0].first == "-"
        let parts = words[0].dropFirst(isNegative ? 1 : 0).split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.digits.contains) }) else {
            throw .unreadable(text)
        }
        let decimals = Money(amount: 0, currency: currency).decimals
        let fraction = parts.count == 2 ? parts[1] : ""
        guard fraction.count <= decimals else { throw .tooPrecise(text, decimals: decimals) }
        let sign: Int64 = isNegative ? -1 : 1
        var amount: Int64 = 0
        for digit in (parts[0] + fraction + String(repeating: "0", count: decimals - fraction.count)).utf8 {
            let (shifted, overflow) = amount.multipliedReportingOverflow(by: 10)
            let (next, carry) = shifted.addingReportingOverflow(sign * Int64(digit - Self.digits.lowerBound))
            guard !overflow, !carry else { throw .beyondRange }
            amount = next
        }
        self.init(amount: amount, currency: currency)
    }

    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
}
