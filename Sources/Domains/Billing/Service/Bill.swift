public import BillingEvents
import FoundationEssentials
public import Kernel

/// What is to be paid, or given back, because of one thing that has happened to a subscription; not yet numbered, and so not yet an invoice.
public struct Bill: Sendable, Hashable, Codable {
    /// What it is made for.
    public enum Cause: String, Sendable, Hashable, Codable, CaseIterable {
        case start, renewal, change, cancellation, correction
    }

    public let kind: InvoiceKind
    public let cause: Cause
    public let total: Money
    /// `[periodStart, periodEnd)`.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp
    public let lines: [Line]

    /// As an invoice has them.
    private enum CodingKeys: String, CodingKey {
        case kind = "type"
        case cause, total, periodStart, periodEnd, lines
    }

    public struct Line: Sendable, Hashable, Codable {
        public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            /// A whole period, in advance.
            case period
            /// What is left of a period, on the plan that comes.
            case remaining
            /// What is left of a period that is paid for, on the plan that goes.
            case unused
            case correction
        }

        public let kind: Kind
        /// As the subscriber had it.
        public let plan: String
        public let planVersion: Int
        public let periodStart: Timestamp
        public let periodEnd: Timestamp
        /// So many of all days of the period.
        public let days: Int
        public let ofDays: Int
        /// Below zero for what is given back.
        public let amount: Money
    }

    /// - Returns: `nil` where nothing is to be paid and nothing given back.
    /// - Throws: `MoneyError`.
    init?(_ cause: Cause, for period: PaidPeriod, _ lines: [Line]) throws {
        let lines = lines.filter { $0.amount.amount != 0 }
        guard let first = lines.first else { return nil }
        var total = Money(amount: 0, currency: first.amount.currency)
        for line in lines { total = try total + line.amount }
        kind = total.amount < 0 ? .creditNote : .invoice
        self.cause = cause
        self.total = total
        periodStart = period.start
        periodEnd = period.end
        self.lines = lines
    }
}

extension Bill.Line {
    static func whole(_ period: PaidPeriod, on offer: Offer) -> Bill.Line {
        Bill.Line(
            kind: .period, plan: offer.slug, planVersion: offer.version.number, periodStart: period.start, periodEnd: period.end,
            days: period.days, ofDays: period.days, amount: offer.version.price)
    }

    /// - Returns: `nil` where nothing is left.
    static func remaining(of period: PaidPeriod, at instant: Timestamp, on offer: Offer) -> Bill.Line? {
        rest(.remaining, of: period, at: instant, on: offer) { $0 }
    }

    /// - Returns: `nil` where nothing is left.
    static func unused(of period: PaidPeriod, at instant: Timestamp, on offer: Offer) throws -> Bill.Line? {
        try rest(.unused, of: period, at: instant, on: offer) { try $0.negated() }
    }

    private static func rest(
        _ kind: Kind, of period: PaidPeriod, at instant: Timestamp, on offer: Offer, _ sign: (Money) throws -> Money
    ) rethrows -> Bill.Line? {
        let left = period.daysLeft(at: instant)
        guard left > 0 else { return nil }
        return Bill.Line(
            kind: kind, plan: offer.slug, planVersion: offer.version.number, periodStart: instant, periodEnd: period.end, days: left,
            ofDays: period.days, amount: try sign(offer.version.price.prorated(left, of: period.days)))
    }
}
