public import FoundationEssentials
public import Kernel

public struct PlanCreated: DomainEvent {
    public static let eventType = EventType("saas.plan.created", version: 1)
    public static let aggregateType = "plan"

    public let planId: UUID
    /// What operators call the plan; an identifier that never changes.
    public let slug: String

    public init(planId: UUID, slug: String) {
        self.planId = planId
        self.slug = slug
    }
}

public struct PlanVersionPublished: DomainEvent {
    public static let eventType = EventType("saas.plan.version_published", version: 1)
    public static let aggregateType = "plan"

    public let planId: UUID
    public let planVersionId: UUID
    /// Counts the versions of the plan, from 1.
    public let number: Int
    public let price: Money
    public let period: BillingPeriod
    /// For so many days a new subscriber pays nothing; `nil` for none.
    public let trialDays: Int?

    public init(planId: UUID, planVersionId: UUID, number: Int, price: Money, period: BillingPeriod, trialDays: Int = 0) {
        self.planId = planId
        self.planVersionId = planVersionId
        self.number = number
        self.price = price
        self.period = period
        self.trialDays = trialDays == 0 ? nil : trialDays
    }
}

/// Nobody can subscribe to the plan any more; who has stays on it.
public struct PlanRetired: DomainEvent {
    public static let eventType = EventType("saas.plan.retired", version: 1)
    public static let aggregateType = "plan"

    public let planId: UUID

    public init(planId: UUID) {
        self.planId = planId
    }
}

public enum BillingPeriod: String, Sendable, Hashable, Codable, CaseIterable {
    case month, year
}
