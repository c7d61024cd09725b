/// An amount of money as integer minor units of an ISO 4217 currency. There is no way to make one from a floating-point number.
public struct Money: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Minor units: cents for EUR, whole yen for JPY, thousandths for BHD.
    public let amount: Int64
    /// The three-letter ISO 4217 code, upper case.
    public let currency: String

    public init(amount: Int64, currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// The number of decimals of the currency, from ISO 4217; 2 for every code that has not another number there.
    public var decimals: Int {
        switch currency {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF": 0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }

    /// For people: `19.99 EUR`, `-0.05 USD`, `500 JPY`.
    public var description: String {
        var digits = String(amount.magnitude)
        if decimals > 0 {
            if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -decimals))
        }
        return "\(amount < 0 ? "-" : "")\(digits) \(currency)"
    }
}
