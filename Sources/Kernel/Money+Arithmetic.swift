extension Money {
    /// - Throws: ``MoneyError/mixedCurrencies(_:_:)``, ``MoneyError/beyondRange``.
    public static func + (left: Money, right: Money) throws(MoneyError) -> Money {
        guard left.currency == right.currency else { throw .mixedCurrencies(left.currency, right.currency) }
        let (sum, overflow) = left.amount.addingReportingOverflow(right.amount)
        guard !overflow else { throw .beyondRange }
        return Money(amount: sum, currency: left.currency)
    }

    /// - Throws: ``MoneyError/beyondRange``, for the one amount that has no negative.
    public func negated() throws(MoneyError) -> Money {
        let (negative, overflow) = (0 as Int64).subtractingReportingOverflow(amount)
        guard !overflow else { throw .beyondRange }
        return Money(amount: negative, currency: currency)
    }

    /// The share of so many of all days, rounded half up to the minor unit; of a negative amount the negative of what the positive one gives.
    ///
    /// - Precondition: `part` is between 0 and `whole`, and `whole` is positive.
    public func prorated(_ part: Int, of whole: Int) -> Money {
        precondition(whole > 0 && (0...whole).contains(part), "a share of \(part) of \(whole)")
        // The product may need more than 64 bits; the quotient is at most the amount itself.
        let product = amount.magnitude.multipliedFullWidth(by: UInt64(part))
        let (quotient, remainder) = UInt64(whole).dividingFullWidth(product)
        let share = remainder >= UInt64(whole) - remainder ? quotient + 1 : quotient
        // The lowest amount has no positive of its own.
        return Money(amount: Int64(truncatingIfNeeded: amount < 0 ? 0 &- share : share), currency: currency)
    }
}
