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

    public init(
        subscriptionId: UUID, organizationId: UUID, planId: UUID, planVersionId: UUID, price: Money, period: BillingPeriod,
        periodStart: Timestamp, periodEnd: Timestamp
    ) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
        self.planId = planId
        self.planVersionId = planVersionId
        self.price = price
        self.period = period
        self.periodStart = periodStart
        self.periodEnd = periodEnd
    }
}

/// The subscription is over, and is paid for no longer.
public struct SubscriptionCancelled: DomainEvent {
    public static let eventType = EventType("saas.subscription.cancelled", version: 1)
    public static let aggregateType = "subscription"

    public let subscriptionId: UUID
    public let organizationId: UUID

    public init(subscriptionId: UUID, organizationId: UUID) {
        self.subscriptionId = subscriptionId
        self.organizationId = organizationId
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
