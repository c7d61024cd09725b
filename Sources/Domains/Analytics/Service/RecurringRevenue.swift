public import Kernel

/// The movements of one currency's recurring revenue in a day, week or month, as they are stored.
struct RevenueMovements: Sendable, Hashable {
    let currency: String
    /// `nil` for all that was before the range.
    let start: Timestamp?
    let new: Int64
    let expansion: Int64
    let reactivation: Int64
    let contraction: Int64
    let churn: Int64
    let newCount: Int64
    let expansionCount: Int64
    let reactivationCount: Int64
    let contractionCount: Int64
    let churnCount: Int64

    var sum: Int64 { new + expansion + reactivation + contraction + churn }
    var customers: Int64 { newCount + reactivationCount - churnCount }
}

/// The monthly recurring revenue of one currency at the beginning and at the end of a time, and all that moved it from the one to the other:
/// `opening + new + expansion + reactivation + contraction + churn = closing`. docs/analytics.md defines each.
public struct RecurringRevenue: Sendable, Hashable, Codable {
    /// `[from, until)`.
    public let from: Timestamp
    public let until: Timestamp
    public let currency: String
    public let opening: Money
    public let new: Money
    public let expansion: Money
    public let reactivation: Money
    /// Never above zero.
    public let contraction: Money
    /// Never above zero.
    public let churn: Money
    public let closing: Money
    /// Twelve times ``closing``.
    public let arr: Money
    /// ``closing`` by subscriber, rounded half up; `nil` where there is none.
    public let arpa: Money?
    public let openingSubscribers: Int64
    public let newSubscribers: Int64
    public let reactivatedSubscribers: Int64
    public let churnedSubscribers: Int64
    public let closingSubscribers: Int64
    /// How many times somebody moved up.
    public let expansions: Int64
    /// How many times somebody moved down without leaving.
    public let contractions: Int64
    /// Of the subscribers at the beginning; `nil` where there were none. Percentages have two decimals, rounded half away from zero.
    public let customerChurnPercent: Double?
    /// Churn and contraction, of ``opening``.
    public let grossChurnPercent: Double?
    /// The same, less expansion and reactivation.
    public let netChurnPercent: Double?

    init(_ movements: RevenueMovements?, from: Timestamp, until: Timestamp, currency: String, openingAmount: Int64, subscribers: Int64) {
        func money(_ amount: Int64?) -> Money { Money(amount: amount ?? 0, currency: currency) }
        let closingAmount = openingAmount + (movements?.sum ?? 0)
        let closingCount = subscribers + (movements?.customers ?? 0)
        self.from = from
        self.until = until
        self.currency = currency
        opening = money(openingAmount)
        new = money(movements?.new)
        expansion = money(movements?.expansion)
        reactivation = money(movements?.reactivation)
        contraction = money(movements?.contraction)
        churn = money(movements?.churn)
        closing = money(closingAmount)
        arr = money(12 * closingAmount)
        arpa = closingCount > 0 ? money((2 * closingAmount + closingCount) / (2 * closingCount)) : nil
        openingSubscribers = subscribers
        newSubscribers = movements?.newCount ?? 0
        reactivatedSubscribers = movements?.reactivationCount ?? 0
        churnedSubscribers = movements?.churnCount ?? 0
        closingSubscribers = closingCount
        expansions = movements?.expansionCount ?? 0
        contractions = movements?.contractionCount ?? 0
        let lost = -(contraction.amount + churn.amount)
        customerChurnPercent = Self.percent(churnedSubscribers, of: subscribers)
        grossChurnPercent = Self.percent(lost, of: openingAmount)
        netChurnPercent = Self.percent(lost - expansion.amount - reactivation.amount, of: openingAmount)
    }

    static func percent(_ part: Int64, of whole: Int64) -> Double? {
        guard whole > 0 else { return nil }
        let scaled = Int128(part.magnitude) * 10_000
        let hundredths = (2 * scaled + Int128(whole)) / (2 * Int128(whole))
        return Double(part < 0 ? -hundredths : hundredths) / 100
    }
}
