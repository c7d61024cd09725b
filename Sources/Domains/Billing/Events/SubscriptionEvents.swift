public import FoundationEssentials
public import Kernel

public struct SubscriptionActivated: DomainEvent {
    public static let eventType = EventType("saas.subscription.activated", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID
    public let planId: UUID
    public let planVersionId: UUID
    public let price: Money
    public let period: BillingPeriod
    /// The first period is `[periodStart, periodEnd)`, in UTC.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp
    /// The first instant that is paid for, where the subscription begins with a trial; the first period is the trial then.
    public let trialEnd: Timestamp?

    public init(
        subscriptionId: UUID, organizationId: UUID, planId: UUID, planVersionId: UUID, price: Money, period: BillingPeriod,
        periodStart: Timestamp, periodEnd: Timestamp, trialEnd: Timestamp? = nil
    ) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
        self.planId = planId
        self.planVersionId = planVersionId
        self.price = price
        self.period = period
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.trialEnd = trialEnd
    }
}

/// The subscriber has another plan, or another version of one.
public struct SubscriptionChanged: DomainEvent {
    public static let eventType = EventType("saas.subscription.changed", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID
    public let formerPlanVersionId: UUID
    public let planId: UUID
    public let planVersionId: UUID
    public let price: Money
    public let period: BillingPeriod
    /// The current period after the change is `[periodStart, periodEnd)`, in UTC.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp
    /// The first instant that is or was paid for, where there is or was a trial.
    public let trialEnd: Timestamp?
    /// Earlier than the event where nobody was there to make the change at its time.
    public let effectiveAt: Timestamp

    public init(
        subscriptionId: UUID, organizationId: UUID, formerPlanVersionId: UUID, planId: UUID, planVersionId: UUID, price: Money,
        period: BillingPeriod, periodStart: Timestamp, periodEnd: Timestamp, trialEnd: Timestamp?, effectiveAt: Timestamp
    ) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
        self.formerPlanVersionId = formerPlanVersionId
        self.planId = planId
        self.planVersionId = planVersionId
        self.price = price
        self.period = period
        self.periodStart = periodStart
        self.periodEnd = periodEnd
        self.trialEnd = trialEnd
        self.effectiveAt = effectiveAt
    }
}

/// A period has ended and the next has begun, on the same plan. Not told of plans that cost nothing, whose periods just pass.
public struct SubscriptionRenewed: DomainEvent {
    public static let eventType = EventType("saas.subscription.renewed", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID
    public let planVersionId: UUID
    /// The period that has begun.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp

    public init(subscriptionId: UUID, organizationId: UUID, planVersionId: UUID, periodStart: Timestamp, periodEnd: Timestamp) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
        self.planVersionId = planVersionId
        self.periodStart = periodStart
        self.periodEnd = periodEnd
    }
}

/// What is to become of the subscription at the end of its period is another thing than before.
public struct SubscriptionScheduled: DomainEvent {
    public static let eventType = EventType("saas.subscription.scheduled", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID
    public let action: ScheduledAction
    /// Of the plan that comes; for a change alone.
    public let planVersionId: UUID?
    public let effectiveAt: Timestamp

    public init(subscriptionId: UUID, organizationId: UUID, action: ScheduledAction, planVersionId: UUID?, effectiveAt: Timestamp) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
        self.action = action
        self.planVersionId = planVersionId
        self.effectiveAt = effectiveAt
    }
}

public enum ScheduledAction: String, Sendable, Hashable, Codable, CaseIterable {
    /// It goes on as it is: what was to happen otherwise is taken back.
    case renew
    case change
    case end
}

/// The subscription is over, and is paid for no longer.
public struct SubscriptionCancelled: DomainEvent {
    public static let eventType = EventType("saas.subscription.cancelled", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID
    /// The first instant without it; `nil` for that of the event.
    public let endedAt: Timestamp?

    public init(subscriptionId: UUID, organizationId: UUID, endedAt: Timestamp? = nil) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
        self.endedAt = endedAt
    }
}

/// The cancellation is taken back; the subscription is as it was before.
public struct SubscriptionReactivated: DomainEvent {
    public static let eventType = EventType("saas.subscription.reactivated", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID

    public init(subscriptionId: UUID, organizationId: UUID) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
    }
}

/// The subscription is removed with its organization. Its last event.
public struct SubscriptionPurged: DomainEvent {
    public static let eventType = EventType("saas.subscription.purged", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID

    public init(subscriptionId: UUID, organizationId: UUID) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
    }
}
