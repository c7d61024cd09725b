/// Why an amount of money cannot be read, or two of them not be put together.
public enum MoneyError: DomainError, Equatable {
    case unreadable(String)
    case unknownCurrency(String)
    /// More decimals than the currency has.
    case tooPrecise(String, decimals: Int)
    case mixedCurrencies(String, String)
    case beyondRange

    public var failure: Failure {
        switch self {
        case .unreadable(let text):
            Failure(
                Self.invalid, "\"\(text)\" is not an amount of money",
                hint: "write the amount, a blank and the currency, as in '19.99 EUR'")
        case .unknownCurrency(let code):
            Failure(
                ErrorCode("CURRENCY_UNKNOWN", .usage), "\"\(code)\" is no currency of ISO 4217", hint: "three upper-case letters, as in EUR"
            )
        case .tooPrecise(let text, 0): Failure(Self.invalid, "\"\(text)\" has decimals, and the currency has none")
        case .tooPrecise(let text, let decimals):
            Failure(Self.invalid, "\"\(text)\" has more than the \(decimals) decimals of its currency")
        case .mixedCurrencies(let one, let other):
            Failure(ErrorCode("CURRENCY_MISMATCH", .conflict), "\(one) and \(other) do not add up: there is no conversion of currencies")
        case .beyondRange: Failure(ErrorCode("AMOUNT_TOO_LARGE", .usage), "the amount is larger than can be kept")
        }
    }

    private static let invalid = ErrorCode("AMOUNT_INVALID", .usage)
}
