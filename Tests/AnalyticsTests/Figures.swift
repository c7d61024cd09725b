import Analytics
import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import WorkflowEvents

/// What billing tells of one subscription after the other, in order, at times that a test names.
struct Life {
    private(set) var events: [StoredEvent] = []
    private var sequences: [UInt64: Int64] = [:]

    static func day(_ month: Int, _ day: Int, hour: Int = 12) -> Timestamp { Timestamp(year: 2026, month: month, day: day, hour: hour) }

    static func organization(_ customer: UInt64) -> UUID { .numbered(customer + 1_000) }

    private mutating func tell(_ event: some DomainEvent, of subscription: UInt64, customer: UInt64, at time: Timestamp) throws {
        sequences[subscription, default: 0] += 1
        events.append(
            try .handMade(
                event, from: "billing", position: Int64(events.count + 1), subject: .numbered(subscription),
                sequence: sequences[subscription] ?? 1, organization: Self.organization(customer), context: .ofTest(at: time)))
    }

    mutating func begin(
        _ subscription: UInt64, of customer: UInt64, _ price: String, _ period: BillingPeriod = .month, at time: Timestamp,
        trialUntil trialEnd: Timestamp? = nil
    ) throws {
        try tell(
            SubscriptionActivated(
                subscriptionId: .numbered(subscription), organizationId: Self.organization(customer), planId: .numbered(0x70),
                planVersionId: .numbered(0x72), price: Money(text: price), period: period, periodStart: time,
                periodEnd: trialEnd ?? time.advanced(byMonths: 1), trialEnd: trialEnd), of: subscription, customer: customer, at: time)
    }

    /// - Parameter effective: `nil` for the time at which it is told.
    mutating func change(
        _ subscription: UInt64, of customer: UInt64, to price: String, _ period: BillingPeriod = .month, at time: Timestamp,
        effective: Timestamp? = nil, trialUntil trialEnd: Timestamp? = nil
    ) throws {
        try tell(
            SubscriptionChanged(
                subscriptionId: .numbered(subscription), organizationId: Self.organization(customer), formerPlanVersionId: .numbered(0x72),
                planId: .numbered(0x70), planVersionId: .numbered(0x73), price: Money(text: price), period: period, periodStart: time,
                periodEnd: time.advanced(byMonths: 1), trialEnd: trialEnd, effectiveAt: effective ?? time), of: subscription,
            customer: customer, at: time)
    }

    mutating func renew(_ subscription: UInt64, of customer: UInt64, period start: Timestamp, at time: Timestamp? = nil) throws {
        try tell(
            SubscriptionRenewed(
                subscriptionId: .numbered(subscription), organizationId: Self.organization(customer), planVersionId: .numbered(0x72),
                periodStart: start, periodEnd: start.advanced(byMonths: 1)), of: subscription, customer: customer, at: time ?? start)
    }

    mutating func end(_ subscription: UInt64, of customer: UInt64, at time: Timestamp, ended: Timestamp? = nil) throws {
        try tell(
            SubscriptionCancelled(
                subscriptionId: .numbered(subscription), organizationId: Self.organization(customer), endedAt: ended), of: subscription,
            customer: customer, at: time)
    }

    mutating func takeBack(_ subscription: UInt64, of customer: UInt64, at time: Timestamp) throws {
        try tell(
            SubscriptionReactivated(subscriptionId: .numbered(subscription), organizationId: Self.organization(customer)),
            of: subscription, customer: customer, at: time)
    }

    mutating func purge(_ subscription: UInt64, of customer: UInt64, at time: Timestamp) throws {
        try tell(
            SubscriptionPurged(subscriptionId: .numbered(subscription), organizationId: Self.organization(customer)), of: subscription,
            customer: customer, at: time)
    }
}

extension Connection {
    func revenue(
        by bucket: FigureRange.Bucket = .month, since: Timestamp = Timestamp(year: 2026, month: 1, day: 1),
        until: Timestamp = Timestamp(year: 2027, month: 1, day: 1), currency: String? = nil
    ) async throws -> [RecurringRevenue] {
        let range = try FigureRange(by: bucket, since: since, until: until, now: since)
        return try await session { try AnalyticsService.revenue(range, currency: currency, in: $0) }
    }

    /// Those in which something moved: `month currency opening new expansion reactivation contraction churn closing subscribers`.
    func movements() async throws -> [String] {
        try await revenue().filter { $0.opening != $0.closing || $0.newSubscribers + $0.churnedSubscribers + $0.expansions > 0 }.map {
            let amounts = [$0.opening, $0.new, $0.expansion, $0.reactivation, $0.contraction, $0.churn, $0.closing].map { "\($0.amount)" }
            return "\($0.from.description.prefix(7)) \($0.currency) \(amounts.joined(separator: " ")) \($0.closingSubscribers)"
        }
    }

    /// All rows of the read models but the counts of events, which count what comes.
    func model() async throws -> [String] {
        var rows: [String] = []
        for table in [
            "subscription_facts", "subscription_counts", "mrr_steps", "mrr_days", "purged_organizations", "task_facts", "task_days",
            "task_months", "usage_sequences", "usage_days", "usage_months",
        ] {
            rows += try await fetch("select \(table) || ' ' || t::text from \(identifier: table) as t order by t::text", as: String.self)
        }
        return rows
    }
}
