public import BillingEvents
public import FoundationEssentials
public import Kernel

/// What can be subscribed to.
public struct Plan: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, retired
    }

    public let id: UUID
    public let slug: String
    public let name: String
    public let status: Status
    /// The plan of an organization that chose none.
    public let isDefault: Bool
    public let currentVersion: PlanVersion
    public let createdAt: Timestamp
}

/// What a plan costs and grants from a certain time on. Never changed: a change of the plan makes another version.
public struct PlanVersion: Sendable, Hashable, Codable {
    public let id: UUID
    /// Counts the versions of the plan, from 1.
    public let number: Int
    public let price: Money
    public let period: BillingPeriod
    public let entitlements: [EntitlementGrant]
}

/// What a new plan is to be.
public struct PlanDraft: Sendable {
    public let slug: String
    public let name: String
    public let isDefault: Bool
    public let price: Money
    public let period: BillingPeriod
    public let entitlements: [EntitlementGrant]

    public init(slug: String, name: String, isDefault: Bool, price: Money, period: BillingPeriod, entitlements: [EntitlementGrant]) {
        self.slug = slug
        self.name = name
        self.isDefault = isDefault
        self.price = price
        self.period = period
        self.entitlements = entitlements
    }

    /// The plan that every installation begins with: nothing to pay, little to use.
    public static let free = PlanDraft(
        slug: "free", name: "Free", isDefault: true, price: Money(amount: 0, currency: "EUR"), period: .month,
        entitlements: [
            EntitlementGrant(key: "api_calls", kind: .metered, quantity: 1_000),
            EntitlementGrant(key: "members", kind: .static, quantity: 5),
            EntitlementGrant(key: "projects", kind: .static, quantity: 3),
        ])
}
