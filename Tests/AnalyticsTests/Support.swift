import Analytics
import BillingEvents
import FoundationEssentials
import IdentityEvents
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport

func connect(as role: TestDatabase.Role = .app) async throws -> Connection {
    try await TestDatabases.current["analytics"].connect(as: role)
}

extension Connection {
    @discardableResult
    func hear(_ events: StoredEvent..., from source: String) async throws -> [PendingEvent] {
        try await apply(events, from: source, to: AnalyticsConsumer())
    }

    func summaries() async throws -> [SubscriptionSummary] {
        try await session { try AnalyticsService.subscriptions(in: $0) }
    }

    /// `day type count` of each row.
    func counts() async throws -> [String] {
        try await fetch("select concat_ws(' ', day, split_part(type, 'saas.', 2), events) from event_counts order by day, type")
    }

    /// All facts, as one line each.
    func facts() async throws -> [String] {
        try await fetch("select s::text from subscription_facts as s union all select p::text from plan_facts as p order by 1")
    }
}

extension StoredEvent {
    static func changed(_ subscription: UInt64, to plan: UInt64, amount: Int64, sequence: Int64, position: Int64) throws -> StoredEvent {
        let start = OperationContext.ofTest().now
        return try handMade(
            SubscriptionChanged(
                subscriptionId: .numbered(subscription), organizationId: .numbered(subscription + 1_000), formerPlanVersionId: .numbered(1),
                planId: .numbered(plan), planVersionId: .numbered(plan + 1), price: Money(amount: amount, currency: "USD"), period: .year,
                periodStart: start, periodEnd: start.advanced(byMonths: 12), trialEnd: nil, effectiveAt: start.advanced(byMonths: 1)),
            from: "billing", position: position, subject: .numbered(subscription), sequence: sequence,
            organization: .numbered(subscription + 1_000))
    }

    static func ended(_ subscription: UInt64, sequence: Int64, position: Int64) throws -> StoredEvent {
        try handMade(
            SubscriptionCancelled(subscriptionId: .numbered(subscription), organizationId: .numbered(subscription + 1_000)),
            from: "billing",
            position: position, subject: .numbered(subscription), sequence: sequence, organization: .numbered(subscription + 1_000))
    }

    static func registered(_ user: UInt64, position: Int64 = 1, at now: Timestamp = OperationContext.ofTest().now) throws -> StoredEvent {
        try handMade(
            UserRegistered(userId: .numbered(user), hasPassword: false), from: "identity", position: position, subject: .numbered(user),
            context: .ofTest(at: now))
    }

    static func plan(_ plan: UInt64, slug: String, position: Int64 = 1) throws -> StoredEvent {
        try handMade(PlanCreated(planId: .numbered(plan), slug: slug), from: "billing", position: position, subject: .numbered(plan))
    }

    static func activated(
        _ subscription: UInt64, plan: UInt64, amount: Int64 = 0, period: BillingPeriod = .month, sequence: Int64 = 1, position: Int64 = 2
    ) throws -> StoredEvent {
        let start = OperationContext.ofTest().now
        return try handMade(
            SubscriptionActivated(
                subscriptionId: .numbered(subscription), organizationId: .numbered(subscription + 1_000), planId: .numbered(plan),
                planVersionId: .numbered(plan + 1), price: Money(amount: amount, currency: "EUR"), period: period, periodStart: start,
                periodEnd: start.advanced(byMonths: 1)),
            from: "billing", position: position, subject: .numbered(subscription), sequence: sequence,
            organization: .numbered(subscription + 1_000))
    }
}
