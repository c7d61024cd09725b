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
    /// Where its periods are counted from: each begins on this day and time of day, or on the last day of a month that has no such day.
    public let anchor: Timestamp
    /// The first instant that is paid for, where it began with a trial.
    public let trialEnd: Timestamp?
    /// What is to become of it when its period ends; `nil` where it goes on as it is.
    public let scheduled: Scheduled?
    public let endedAt: Timestamp?

    public struct Scheduled: Sendable, Hashable, Codable {
        public let action: ScheduledAction
        /// For a change.
        public let plan: PlanReference?
        public let effectiveAt: Timestamp
    }

    /// The same, in the period that has come meanwhile where it costs nothing and nothing happens at the end of one.
    func passed(to now: Timestamp) -> Subscription {
        guard status == .active, price.amount == 0, scheduled == nil, periodEnd <= now else { return self }
        let current = BillingCalendar(anchor: anchor, interval: period).period(containing: now)
        return Subscription(
            id: id, organizationId: organizationId, status: status, plan: plan, price: price, period: period, periodStart: current.start,
            periodEnd: current.end, version: version, createdAt: createdAt, anchor: anchor, trialEnd: trialEnd, scheduled: scheduled,
            endedAt: endedAt)
    }
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
