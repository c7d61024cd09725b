public import FoundationEssentials
public import Kernel

/// How many organizations are on a plan, at one price.
public struct SubscriptionSummary: Sendable, Hashable, Codable {
    public let planId: UUID
    /// `nil` until the event that names the plan has arrived.
    public let plan: String?
    public let status: String
    public let price: Money
    /// `month` or `year`.
    public let period: String
    public let subscriptions: Int64
}
