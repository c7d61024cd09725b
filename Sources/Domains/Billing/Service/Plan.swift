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
    /// For so many days a new subscriber pays nothing.
    public let trialDays: Int
}
