import Analytics
import Audit
import Billing
import BillingEvents
import FoundationEssentials
import Identity
import Kernel
import Organization
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing
import Worker

/// The lives of many subscriptions, through the real billing service and the real worker, and what analytics makes of them.
///
/// `SAASCTL_TEST_SEED` repeats a run.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct RevenueLifeTests {
    private static let start = Timestamp(year: 2026, month: 1, day: 1, hour: 9)
    private static let plans = [
        ("free", "0 EUR", BillingPeriod.month, 0), ("lite", "10 EUR", .month, 0), ("team", "30.01 EUR", .month, 14),
        ("year", "299.99 EUR", .year, 0), ("dollars", "49 USD", .month, 0), ("annual", "500 USD", .year, 30),
    ]

    private func make() async throws -> [Organization] {
        let context = System.context(at: Self.start)
        for (slug, price, period, trial) in Self.plans {
            let draft = PlanDraft(
                slug: slug, name: slug, isDefault: slug == "free", price: try Money(text: price), period: period,
                entitlements: [.init(key: "api_calls", kind: .metered, quantity: 50, isSoft: true)], trialDays: trial)
            _ = try await System.perform("billing", context) { try PlanService.create(draft, in: $0, context: context) }
        }
        let ada = try await System.register("ada@example.org", context)
        var organizations: [Organization] = []
        for number in 0..<16 { organizations.append(try await System.create("org-\(number)", owner: ada.id, context)) }
        await run(at: Self.start)
        return organizations
    }

    private func run(at now: Timestamp) async {
        let report = await WorkerRun(
            consumers: System.consumers, timed: System.timed, databases: TestWorkerDatabases(), clock: FixedClock(now)
        ).untilLevel()
        #expect(report.failure == nil, "\(report)")
    }

    /// One of the things that can happen to an organization; whether it was allowed is no matter.
    private func happen(to organization: Organization, at now: Timestamp, _ random: inout SeededGenerator) async throws {
        let context = System.context(at: now)
        let subscriber = SubscriptionService.Subscriber(organizationId: organization.id, label: organization.slug)
        let plan = Self.plans[Int.random(in: 0..<Self.plans.count, using: &random)].0
        let time: ChangeTime? = [nil, .now, .periodEnd].randomElement(using: &random) ?? nil
        let deed = Int.random(in: 0..<20, using: &random)
        let key = "\(now)"
        do {
            switch deed {
            case 0..<9:
                _ = try await System.perform("billing", context) {
                    try SubscriptionService.change(to: plan, time, for: subscriber, in: $0, context: context)
                }
            case 9..<12:
                _ = try await System.perform("billing", context) {
                    try SubscriptionService.cancel(time ?? .periodEnd, for: subscriber, in: $0, context: context)
                }
            case 12..<16:
                _ = try await System.perform("billing", context) {
                    try SubscriptionService.create(on: plan, for: subscriber, in: $0, context: context)
                }
            case 16..<18:
                let report = UsageService.Report(entitlement: "api_calls", key: key, quantity: 20, usedAt: nil)
                _ = try await System.perform("billing", context) {
                    try UsageService.record(report, for: subscriber, in: $0, context: context)
                }
            case 18: _ = try await System.delete(organization, context)
            default: _ = try await System.restore(organization, context)
            }
        } catch is BillingError {
        } catch is OrganizationError {
        }
    }

    @Test func `opening and movements are closing, closing is what billing has, and a replay finds nothing else`() async throws {
        let seed = ProcessVariables["SAASCTL_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
        var random = SeededGenerator(seed: seed)
        let organizations = try await make()
        var now = Self.start
        for _ in 0..<260 {
            now = now.advanced(by: .seconds(Int.random(in: 3_600..<4 * 86_400, using: &random)))
            let organization = organizations[Int.random(in: organizations.indices, using: &random)]
            try await happen(to: organization, at: now, &random)
            if Int.random(in: 0..<6, using: &random) == 0 { await run(at: now) }
        }
        now = now.advanced(by: .seconds(86_400))
        await run(at: now)
        await run(at: now)

        let analytics = try await connect("analytics")
        // What billing's own rows say at this instant.
        let due = try await connect("billing").values(
            """
            select v.currency || ' ' || sum(case v.period when 'year' then (v.amount + 6) / 12 else v.amount end) || ' ' || count(*)
            from subscriptions as s join plan_versions as v on v.id = s.plan_version_id
            where s.status = 'active' and v.amount > 0 and (s.trial_end is null or s.trial_end <= \(now)) group by v.currency order by 1
            """, as: String.self)
        let end = Timestamp(microseconds: (now.microseconds / 86_400_000_000 + 1) * 86_400_000_000)
        var closing: [String] = []
        for bucket in FigureRange.Bucket.allCases {
            let beginning = bucket == .day ? end.advanced(by: .seconds(-300 * 86_400)) : Timestamp(year: 2025, month: 12, day: 3)
            let range = try FigureRange(by: bucket, since: beginning, until: end, now: now)
            let revenue = try await analytics.session { try AnalyticsService.revenue(range, in: $0) }
            for (currency, revenue) in Dictionary(grouping: revenue, by: \.currency) {
                for (figures, next) in zip(revenue, revenue.dropFirst().map(Optional.some) + [nil]) {
                    let movements = [figures.new, figures.expansion, figures.reactivation, figures.contraction, figures.churn].map(\.amount)
                    #expect(figures.opening.amount + movements.reduce(0, +) == figures.closing.amount, "seed \(seed)")
                    #expect(movements[0] >= 0 && movements[1] >= 0 && movements[2] >= 0 && movements[3] <= 0 && movements[4] <= 0)
                    #expect(figures.arr.amount == 12 * figures.closing.amount && figures.closing.amount >= 0)
                    if let next { #expect(next.opening == figures.closing && next.openingSubscribers == figures.closingSubscribers) }
                }
                if let last = revenue.last, bucket == .month, last.closing.amount > 0 {
                    closing.append("\(currency) \(last.closing.amount) \(last.closingSubscribers)")
                }
            }
        }
        #expect(closing.sorted() == due, "seed \(seed)")
        // All of it was in play.
        let kinds = try await analytics.value(
            """
            select (sum(new_count) > 0 and sum(expansion_count) > 0 and sum(reactivation_count) > 0 and sum(contraction_count) > 0
                and sum(churn_count) > 0) from mrr_days
            """, as: Bool.self)
        #expect(kinds, "seed \(seed)")
        try await Oracle.check()
        let report = try await WorkerRun(consumers: [AnalyticsConsumer()], databases: TestWorkerDatabases(), clock: SystemClock())
            .replay(AnalyticsConsumer(), from: AuditArchive(), ReplayTerms(operation: System.context(), isDryRun: true) { _ in })
        #expect(report.outcome == .equal, "seed \(seed): \(report.tables)")
    }
}
