import Billing
import BillingEvents
import FoundationEssentials
import Identity
import Kernel
import Organization
import Outbox
import Postgres
import TestSupport
import Testing
import Worker
import Workflow

/// Renewals as workers do them, and what the other services make of it (docs/billing.md, "Subscriptions").
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct RenewalTests {
    private static let start = Timestamp(year: 2026, month: 1, day: 31, hour: 12)

    private static func plan(_ slug: String, _ price: String, projects: Int64, isDefault: Bool = false, trialDays: Int = 0) throws
        -> PlanDraft
    {
        PlanDraft(
            slug: slug, name: slug, isDefault: isDefault, price: try Money(text: price), period: .month,
            entitlements: [.init(key: "projects", kind: .static, quantity: projects)], trialDays: trialDays)
    }

    private func make(_ plans: PlanDraft...) async throws {
        for plan in plans {
            let context = System.context(at: Self.start)
            _ = try await System.perform("billing", context) { try PlanService.create(plan, in: $0, context: context) }
        }
    }

    @discardableResult
    private func run(at now: Timestamp) async -> WorkerReport {
        await WorkerRun(
            consumers: System.consumers, timed: System.timed, databases: TestWorkerDatabases(), clock: FixedClock(now)
        ).untilLevel()
    }

    @Test func `after a downtime of periods several workers catch up, each period of each subscription once and in order`() async throws {
        try await make(Self.plan("pro", "30 EUR", projects: 10, isDefault: true))
        let context = System.context(at: Self.start)
        let ada = try await System.register("ada@example.org", context)
        for number in 0..<30 { _ = try await System.create("org-\(number)", owner: ada.id, context) }
        await run(at: Self.start)
        let billing = try await connect("billing")
        #expect(try await billing.value("select count(*) from invoices where cause = 'start'", as: Int.self) == 30)

        // Nobody worked until the fourth period.
        let may = Timestamp(year: 2026, month: 5, day: 15)
        await withTaskGroup { group in
            for _ in 0..<4 { group.addTask { await self.run(at: may) } }
        }
        #expect(await run(at: may).failure == nil)
        #expect(
            try await billing.values(
                """
                select string_agg(to_char(period_start at time zone 'UTC', 'MM-DD'), ' ' order by number) from invoices group by organization_id
                """, as: String.self) == Array(repeating: "01-31 02-28 03-31 04-30", count: 30))
        #expect(try await billing.value("select count(*) from due where due_at = '2026-05-31 12:00+00'", as: Int.self) == 30)
        #expect(try await billing.value("select count(*) from due", as: Int.self) == 30)
        // Every event is in the log once, and every invoice was told of.
        try await Oracle.check()
    }

    @Test func `at the end of a period many are done together: renewed, changed, ended, and each told in its own story`() async throws {
        try await make(
            Self.plan("lite", "10 EUR", projects: 5),
            Self.plan("pro", "30 EUR", projects: 10, isDefault: true))
        let context = System.context(at: Self.start)
        let ada = try await System.register("ada@example.org", context)
        var organizations: [UUID] = []
        for number in 0..<9 {
            let story = OperationContext(now: Self.start, actor: context.actor, correlationId: .id(UInt64(100 + number)))
            organizations.append(try await System.create("org-\(number)", owner: ada.id, story).id)
        }
        await run(at: Self.start)
        let later = System.context(at: Timestamp(year: 2026, month: 2, day: 10))
        for (index, organization) in organizations.enumerated() {
            let subscriber = SubscriptionService.Subscriber(organizationId: organization, label: "org-\(index)")
            let grant = EntitlementGrant(key: "seats", kind: .static, quantity: Int64(index))
            _ = try await System.perform("billing", later) {
                try EntitlementService.override(grant.key, by: grant, for: subscriber, in: $0, context: later)
            }
            if index % 3 == 2 { continue }
            _ = try await System.perform("billing", later) { session in
                index % 3 == 0
                    ? try SubscriptionService.change(to: "lite", nil, for: subscriber, in: session, context: later)
                    : try SubscriptionService.cancel(.periodEnd, for: subscriber, in: session, context: later)
            }
        }
        let end = Timestamp(year: 2026, month: 2, day: 28, hour: 12)
        #expect(await run(at: end).failure == nil)
        let billing = try await connect("billing")
        func all(_ sql: SQL) async throws -> [String] { try await billing.values(sql, as: String.self) }
        let expected = ["10 EUR of lite", "ended", "30 EUR of pro"]
        #expect(
            try await all(
                """
                select coalesce((
                    select i.amount / 100 || ' ' || currency || ' of ' || plan from invoices as i
                    join invoice_lines as l on l.invoice_id = i.id where i.subscription_id = s.id and cause = 'renewal' and number = 2
                        and days = 31 and i.period_start = '2026-02-28 12:00+00'), 'ended')
                from subscriptions as s join unnest(\(organizations)) with ordinality as o (id, nth) on o.id = s.organization_id
                where (status = 'active') = exists (select from invoices as i where i.subscription_id = s.id and cause = 'renewal') order by nth
                """) == expected + expected + expected)
        // What a subscriber has beside the plan stays; who has no plan may use nothing.
        #expect(
            try await all(
                """
                select coalesce((
                    select string_agg(key || ' ' || quantity, ', ' order by key) from entitlements as e where e.organization_id = o.id), 'nothing')
                from unnest(\(organizations)) with ordinality as o (id, nth) order by nth
                """)
                == (0..<9).map { index in
                    index % 3 == 1 ? "nothing" : "projects \(index % 3 == 0 ? 5 : 10), seats \(index)"
                })
        // Each belongs to the story in which the end of its period was noted.
        #expect(
            try await all(
                """
                select (count(distinct correlation_id) = 9 and bool_and(correlation_id = (
                    select a.correlation_id from outbox as a where a.subject = o.subject and a.sequence = 1)))::text
                from outbox as o where time = \(end) and type like 'saas.subscription.%'
                """) == ["true"])
        #expect(try await billing.value("select count(*) from due", as: Int.self) == 6)
        try await Oracle.check()
    }

    @Test func `a plan that costs nothing begins unnoticed, and has been there for periods when somebody works`() async throws {
        try await make(
            Self.plan("pro", "30 EUR", projects: 10, isDefault: true), Self.plan("free", "0 EUR", projects: 3))
        let context = System.context(at: Self.start)
        let ada = try await System.register("ada@example.org", context)
        let acme = try await System.create("acme", owner: ada.id, context)
        await run(at: Self.start)
        let subscriber = SubscriptionService.Subscriber(organizationId: acme.id, label: "acme")
        _ = try await System.perform("billing", context) {
            try SubscriptionService.change(to: "free", nil, for: subscriber, in: $0, context: context)
        }
        #expect(await run(at: Timestamp(year: 2026, month: 6, day: 1)).failure == nil)
        let billing = try await connect("billing")
        #expect(
            try await billing.values(
                """
                select to_char(period_start at time zone 'UTC', 'MM-DD') from subscriptions where status = 'active'
                union all select left(data ->> 'period_start', 10) from outbox where type like '%.subscription.changed.v%'
                """, as: String.self) == ["05-31", "2026-02-28"])
        #expect(try await billing.value("select count(*) from invoices", as: Int.self) == 1)
        // The periods that have passed since were told to nobody.
        try await Oracle.check()
    }

    @Test func `a trial ends, a lower plan comes, and what may be used is the same everywhere`() async throws {
        try await make(
            Self.plan("free", "0 EUR", projects: 3, isDefault: true), Self.plan("pro", "30 EUR", projects: 10, trialDays: 14),
            Self.plan("lite", "10 EUR", projects: 5))
        let context = System.context(at: Self.start)
        let ada = try await System.register("ada@example.org", context)
        let acme = try await System.create("acme", owner: ada.id, context)
        await run(at: Self.start)
        let subscriber = SubscriptionService.Subscriber(organizationId: acme.id, label: "acme")
        let billing = try await connect("billing")
        let workflow = try await connect("workflow")
        func move(to plan: String, at now: Timestamp) async throws {
            let context = System.context(at: now)
            _ = try await System.perform("billing", context) {
                try SubscriptionService.change(to: plan, nil, for: subscriber, in: $0, context: context)
            }
        }
        func limits(at now: Timestamp) async throws -> [Int64] {
            #expect(await run(at: now).failure == nil)
            let granted = try await billing.value("select quantity from entitlements", as: Int64.self)
            let known = try await workflow.value("select quantity from entitlement_cache", as: Int64.self)
            let plan = try await connect("analytics").value("select amount from subscription_facts", as: Int64.self)
            return [granted, known, plan]
        }
        #expect(try await limits(at: Self.start) == [3, 3, 0])
        let upgrade = Timestamp(year: 2026, month: 2, day: 10)
        try await move(to: "pro", at: upgrade)
        #expect(try await limits(at: upgrade) == [10, 10, 3_000])
        try await move(to: "lite", at: upgrade)
        #expect(try await limits(at: Timestamp(year: 2026, month: 2, day: 23)) == [10, 10, 3_000])
        #expect(try await billing.value("select count(*) from invoices", as: Int.self) == 0)
        #expect(try await limits(at: Timestamp(year: 2026, month: 2, day: 24)) == [5, 5, 1_000])
        #expect(try await billing.values("select amount from invoices", as: Int64.self) == [1_000])
    }
}
