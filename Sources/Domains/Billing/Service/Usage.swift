public import BillingEvents
public import FoundationEssentials
public import Kernel

/// So much was used of a metered entitlement at an instant.
public struct UsageRecord: Sendable, Hashable, Codable {
    public let id: UUID
    public let organizationId: UUID
    public let entitlement: String
    /// By which whoever reports it knows it: reported again, it counts once.
    public let key: String
    public let quantity: Int64
    public let usedAt: Timestamp
    public let recordedAt: Timestamp

    /// The largest quantity of one record.
    static let largest: Int64 = 1_000_000_000_000
}

/// What was used of a metered entitlement in a period.
public struct UsageSummary: Sendable, Hashable, Codable {
    public let organizationId: UUID
    public let entitlement: String
    /// `[periodStart, periodEnd)`.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp
    public let used: Int64
    public let records: Int64
    /// `nil` for none.
    public let limit: Int64?
    public let isSoft: Bool
}

/// Whether something may be used, and what made it so.
public struct EntitlementVerdict: Sendable, Hashable, Codable {
    public enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        /// There is no active subscription.
        case noSubscription = "no_subscription"
        /// Neither plan nor override grants it.
        case notGranted = "not_granted"
        case granted
        case unlimited
        case withinLimit = "within_limit"
        case beyondSoftLimit = "beyond_soft_limit"
        case beyondHardLimit = "beyond_hard_limit"
    }

    public let organizationId: UUID
    public let key: String
    public let isAllowed: Bool
    public let reason: Reason
    /// How much was asked for.
    public let quantity: Int64
    /// What the verdict goes by; `nil` where nothing is granted.
    public let kind: EntitlementKind?
    public let limit: Int64?
    public let isSoft: Bool
    /// In the current period; of a metered entitlement alone, because what else there is of something billing does not know.
    public let used: Int64?
    public let periodStart: Timestamp?
    public let periodEnd: Timestamp?
    /// The plan that is subscribed to, in its version.
    public let plan: Subscription.PlanReference?
    /// What that says.
    public let planGrant: Entitlement?
    /// What was agreed with the organization instead.
    public let override: Entitlement?

    /// `kind` is what a document says of itself.
    private enum CodingKeys: String, CodingKey {
        case organizationId, key, isAllowed, reason, quantity
        case kind = "entitlementKind"
        case limit, isSoft, used, periodStart, periodEnd, plan, planGrant, override
    }
}
