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

    public init(planId: UUID, planVersionId: UUID, number: Int, price: Money, period: BillingPeriod) {
        self.planId = planId
        self.planVersionId = planVersionId
        self.number = number
        self.price = price
        self.period = period
    }
}

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

/// The full set of what an organization may use; consumers take it only if its version is newer than what they have.
public struct EntitlementsUpdated: DomainEvent {
    public static let eventType = EventType("saas.entitlements.updated", version: 1)
    public static let aggregateType = "entitlement_set"

    public let organizationId: UUID
    /// Rises with each change of the set, from 1.
    public let version: Int64
    public let entitlements: [EntitlementGrant]

    public init(organizationId: UUID, version: Int64, entitlements: [EntitlementGrant]) {
        self.organizationId = organizationId
        self.version = version
        self.entitlements = entitlements
    }
}

public struct EntitlementGrant: Sendable, Hashable, Codable {
    /// `projects`, `seats`, `api_calls`, …
    public let key: String
    public let kind: EntitlementKind
    /// How much: `nil` for no limit, and for a boolean entitlement, which is granted by being there.
    public let quantity: Int64?

    public init(key: String, kind: EntitlementKind, quantity: Int64?) {
        self.key = key
        self.kind = kind
        self.quantity = quantity
    }
}

public enum EntitlementKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// On or off.
    case boolean
    /// A number that may exist at a time.
    case `static`
    /// A number that may be used in a period.
    case metered
}

public enum BillingPeriod: String, Sendable, Hashable, Codable, CaseIterable {
    case month, year
}
