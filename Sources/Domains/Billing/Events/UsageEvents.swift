public import FoundationEssentials
public import Kernel

/// So much was used of what a plan meters.
public struct UsageRecorded: DomainEvent {
    public static let eventType = EventType("saas.usage.recorded", version: 1)
    public static let aggregateType = "entitlement_set"

    public let organizationId: UUID
    public let usageId: UUID
    public let entitlement: String
    public let quantity: Int64
    public let usedAt: Timestamp
    /// The period in which it counts: `[periodStart, periodEnd)`, in UTC.
    public let periodStart: Timestamp
    public let periodEnd: Timestamp

    public init(
        organizationId: UUID, usageId: UUID, entitlement: String, quantity: Int64, usedAt: Timestamp, periodStart: Timestamp,
        periodEnd: Timestamp
    ) {
        self.organizationId = organizationId
        self.usageId = usageId
        self.entitlement = entitlement
        self.quantity = quantity
        self.usedAt = usedAt
        self.periodStart = periodStart
        self.periodEnd = periodEnd
    }
}

/// The limit of a period is reached, or passed where it is soft. Told once as long as the limit stays.
public struct UsageLimitReached: DomainEvent {
    public static let eventType = EventType("saas.usage.limit_reached", version: 1)
    public static let aggregateType = "entitlement_set"

    public let organizationId: UUID
    public let entitlement: String
    public let limit: Int64
    public let isSoft: Bool
    public let periodStart: Timestamp
    public let periodEnd: Timestamp

    public init(
        organizationId: UUID, entitlement: String, limit: Int64, isSoft: Bool, periodStart: Timestamp, periodEnd: Timestamp
    ) {
        self.organizationId = organizationId
        self.entitlement = entitlement
        self.limit = limit
        self.isSoft = isSoft
        self.periodStart = periodStart
        self.periodEnd = periodEnd
    }
}
