import BillingEvents
import FoundationEssentials
import Kernel

/// What is known of a subscription, by the last of its events.
struct SubscriptionFact: Sendable, Hashable {
    enum Status: String, Sendable, Hashable {
        case active, cancelled
    }

    let id: UUID
    let organizationId: UUID
    var planId: UUID
    var status: Status
    var price: Money
    var period: BillingPeriod
    let activatedAt: Timestamp
    var trialEnd: Timestamp?
    /// What it adds to the recurring revenue, in minor units of its price's currency.
    var mrr: Int64
    /// When that became so, in the order of its events.
    var movedAt: Timestamp?
    var sequence: Int64

    /// What it adds where it is active: nothing in a trial.
    func value(at instant: Timestamp) -> Int64 {
        if let trialEnd, instant < trialEnd { return 0 }
        return Self.monthly(price.amount, period)
    }

    /// A twelfth of a year's price, rounded half up once, here: whatever is added up from it is exact.
    static func monthly(_ amount: Int64, _ period: BillingPeriod) -> Int64 {
        switch period {
        case .month: amount
        case .year: amount / 12 + (amount % 12 >= 6 ? 1 : 0)
        }
    }
}

/// What subscriptions are counted by.
struct SubscriptionOffer: Sendable, Hashable {
    let planId: UUID
    let status: SubscriptionFact.Status
    let price: Money
    let period: BillingPeriod
}

extension SubscriptionFact {
    var offer: SubscriptionOffer { SubscriptionOffer(planId: planId, status: status, price: price, period: period) }
}

/// From an instant on, a subscription adds so much more to its customer's recurring revenue, or less.
struct RevenueStep: Sendable, Hashable {
    let organizationId: UUID
    let subscriptionId: UUID
    let sequence: Int64
    let at: Timestamp
    /// In minor units a month; never 0.
    let amount: Int64
    let currency: String
}
