public import BillingEvents
public import FoundationEssentials
public import Kernel

/// An organization's contract for a plan.
public struct Subscription: Sendable, Hashable, Codable {
    public enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case active, cancelled
    }

    /// The plan as the subscriber has it: the version they took, not the newest one.
    public struct PlanReference: Sendable, Hashable, Codable {
        public let id: UUID
        public let slug: String
        public let version: Int
    }

    public let id: UUID
    public let organizationId: UUID
    public let status: Status
    public let plan: PlanReference
    public let price: Money
    public let period: BillingPeriod
    /// The current period is `[periodStart, periodEnd)`, in UTC.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp
    public let version: Int64
    public let createdAt: Timestamp
}

/// What an organization may use of one thing.
public struct Entitlement: Sendable, Hashable, Codable {
    public let key: String
    public let kind: EntitlementKind
    /// `nil`: without a limit, or boolean.
    public let quantity: Int64?
    /// Nothing is forbidden beyond the quantity.
    public let isSoft: Bool
}

extension BillingPeriod {
    /// The end of a period that begins at `start`: the same day and time in the next month or year, or that month's last day where it has
    /// no such day.
    public func end(from start: Timestamp) -> Timestamp {
        start.advanced(byMonths: self == .month ? 1 : 12)
    }
}
