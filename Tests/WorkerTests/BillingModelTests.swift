import Analytics
import Billing
import BillingEvents
import FoundationEssentials
import Kernel
import Organization
import Postgres
import TestSupport
import Testing

/// Random deeds on plans, subscriptions and usage, years of them, on the real services and on a plain model: both refuse and allow the same, and are the
/// same in the end, in every database that has something of it.
///
/// `SAASCTL_TEST_SEED` repeats a run, `SAASCTL_TEST_BILLING_DEEDS` says how many deeds there are.
@Suite(
    .databases("analytics", "audit", "billing", "identity", "notification", "organization", "workflow"), .hangLimit)
struct BillingModelTests {
    /// 31 January 2026, at 9 o'clock.
    private static let start = 1_769_850_000

    @Test func `years of subscriptions end as a model of them says`() async throws {
        let seed = ProcessVariables["SAASCTL_TEST_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0..<1_000_000)
        let count = ProcessVariables["SAASCTL_TEST_BILLING_DEEDS"].flatMap { Int($0) } ?? 500
        var random = SeededGenerator(seed: seed)
        var model = BillingModel(now: Self.start)
        let world = try await BillingWorld(at: Self.start)
        var outcomes: [String: Int] = [:]
        for number in 1...count {
            let deed = number == count ? .work(workers: 1) : BillingDeed.random(model, &random)
            let pause = BillingDeed.pause(&random)
            let expected = model.apply(deed, after: pause)
            let actual: String?
            do {
                actual = try await world.perform(deed, after: pause)
            } catch {
                Issue.record(error, "seed \(seed), deed \(number): \(deed)")
                return
            }
            guard actual == expected else {
                Issue.record("seed \(seed), deed \(number): \(deed) ended with \(actual ?? "success"), expected \(expected ?? "success")")
                return
            }
            outcomes[expected ?? "success", default: 0] += 1
        }
        await world.close()
        let organizations = await world.organizations
        let now = await world.now
        try await expectSubscriptions(of: model, organizations, at: now, seed)
        try await expectInvoices(of: model, organizations, seed)
        try await expectEntitlements(of: model, organizations, seed)
        try await expectUsage(of: model, organizations, at: now, seed)
        try await expectRevenue(of: model, at: now, seed)
        // Also that each event of the seven outboxes stands in the log once, as it was told.
        let findings = try await TestDatabases.current.findings()
        #expect(findings == [], "seed \(seed)")
        try await TestDatabases.current.expectSchemas()
        // Deeds that nothing hinders prove little.
        if count >= 500 { #expect(outcomes.count >= 12, "seed \(seed): \(outcomes)") }
    }

    private func expectSubscriptions(
        of model: BillingModel, _ organizations: [Organization], at now: Timestamp, _ seed: UInt64
    ) async throws {
        let billing = try await connect("billing")
        for (told, organization) in zip(model.organizations, organizations) {
            let expected = told.subscriptions.map { subscription in
                let next =
                    switch subscription.next {
                    case .change(let version): "plan-\(version.plan) v\(version.number)"
                    case .end where subscription.state != .cancelled: "the end"
                    case .end, .renewal: "the same"
                    }
                let period = "\(Timestamp(subscription.period.lowerBound)) until \(Timestamp(subscription.period.upperBound))"
                let state = subscription.state == .suspended ? "cancelled" : subscription.state.rawValue
                return [
                    "plan-\(subscription.version.plan) v\(subscription.version.number) \(state)",
                    // Periods that cost nothing pass unnoticed, and not while nobody counts them.
                    subscription.state == .suspended ? "" : period, "\(Timestamp(subscription.anchor))",
                    "\(String(describing: subscription.trialEnd.map { Timestamp($0) }))", "then \(next)",
                ]
            }
            let listed = try await billing.session {
                try SubscriptionService.list(nil, of: organization.id, limit: 1_000, at: now, in: $0).items
            }
            let actual = zip(listed.reversed(), told.subscriptions).map { subscription, told in
                let next =
                    switch subscription.scheduled?.action {
                    case .change: subscription.scheduled?.plan.map { "\($0.slug) v\($0.version)" } ?? ""
                    case .end: "the end"
                    case .renew, nil: "the same"
                    }
                return [
                    "\(subscription.plan.slug) v\(subscription.plan.version) \(subscription.status.rawValue)",
                    told.state == .suspended ? "" : "\(subscription.periodStart) until \(subscription.periodEnd)", "\(subscription.anchor)",
                    "\(String(describing: subscription.trialEnd))", "then \(next)",
                ]
            }
            #expect(listed.count == expected.count && actual == expected, "seed \(seed), \(organization.slug)")
        }
    }

    /// By number, and what they come to.
    private func expectInvoices(of model: BillingModel, _ organizations: [Organization], _ seed: UInt64) async throws {
        let billing = try await connect("billing")
        var (expected, sums): ([String], [String]) = ([], [])
        for (told, organization) in zip(model.organizations, organizations) {
            expected += told.invoices.enumerated().map { "\(organization.id.text) \($0 + 1) \($1.amount) \($1.currency.rawValue)" }
            sums += Dictionary(grouping: told.invoices, by: \.currency).map {
                "\(organization.id.text) \($0.rawValue) \($1.map(\.amount).reduce(0, +)) in \($1.count)"
            }
        }
        let there = try await billing.values(
            "select organization_id || ' ' || number || ' ' || amount || ' ' || currency from invoices", as: String.self)
        #expect(differences(of: there, from: expected) == [], "seed \(seed)")
        let added = try await billing.values(
            """
            select organization_id || ' ' || currency || ' ' || sum(l.amount) || ' in ' || count(distinct i.id)
            from invoices as i join invoice_lines as l on l.invoice_id = i.id group by organization_id, currency
            """, as: String.self)
        #expect(differences(of: added, from: sums) == [], "seed \(seed)")
    }

    /// In billing, and in workflow, which takes a soft limit as none.
    private func expectEntitlements(of model: BillingModel, _ organizations: [Organization], _ seed: UInt64) async throws {
        var (granted, known): ([String], [String]) = ([], [])
        for (told, organization) in zip(model.organizations, organizations) {
            for (key, grant) in told.granted {
                let what = "\(organization.id.text) \(key) \(grant.kind.rawValue)"
                granted.append("\(what) \(grant.quantity.map(String.init) ?? "any") \(grant.isSoft)")
                known.append("\(what) \(grant.isSoft ? "any" : grant.quantity.map(String.init) ?? "any")")
            }
        }
        let set = "organization_id || ' ' || key || ' ' || kind || ' ' || coalesce(quantity::text, 'any')" as SQL
        let owned = try await connect("billing").values(
            "select \(fragment: set) || ' ' || is_soft::text from entitlements", as: String.self)
        #expect(differences(of: owned, from: granted) == [], "seed \(seed)")
        let cached = try await connect("workflow").values("select \(fragment: set) from entitlement_cache", as: String.self)
        #expect(differences(of: cached, from: known) == [], "seed \(seed)")
    }

    /// All that was ever used, and what of it counts in the current periods.
    private func expectUsage(of model: BillingModel, _ organizations: [Organization], at now: Timestamp, _ seed: UInt64) async throws {
        let billing = try await connect("billing")
        var expected: [String] = []
        for (told, organization) in zip(model.organizations, organizations) {
            expected += Dictionary(grouping: told.usage.values, by: \.entitlement).map {
                "\(organization.id.text) \($0) \($1.map(\.quantity).reduce(0, +)) in \($1.count)"
            }
            guard let active = told.active else { continue }
            let subscriber = SubscriptionService.Subscriber(organizationId: organization.id, label: organization.slug)
            for (key, grant) in told.granted where grant.kind == .metered {
                let summary = try await billing.session {
                    try UsageService.summary(of: key, for: subscriber, at: nil, now: now, in: $0)
                }
                #expect(summary.used == Int64(told.used(key, at: model.now, in: active)), "seed \(seed), \(organization.slug)")
            }
        }
        let recorded = try await billing.values(
            """
            select organization_id || ' ' || entitlement || ' ' || sum(quantity) || ' in ' || count(*) from usage_records
            group by organization_id, entitlement
            """, as: String.self)
        #expect(differences(of: recorded, from: expected) == [], "seed \(seed)")
    }

    /// In each month, and at the end what the model has.
    private func expectRevenue(of model: BillingModel, at now: Timestamp, _ seed: UInt64) async throws {
        let end = Timestamp((model.now / ModelCalendar.day + 1) * ModelCalendar.day)
        let range = try FigureRange(by: .month, since: Timestamp(year: 2026, month: 1, day: 1), until: end, now: now)
        let revenue = try await connect("analytics").session { try AnalyticsService.revenue(range, in: $0) }
        var closing: [String] = []
        for (currency, months) in Dictionary(grouping: revenue, by: \.currency) {
            var open = Money(amount: 0, currency: currency)
            var moved: Int64 = 0
            for figures in months {
                #expect(figures.opening == open, "seed \(seed), \(currency)")
                let movements = [figures.new, figures.expansion, figures.reactivation, figures.contraction, figures.churn].map(\.amount)
                #expect(figures.opening.amount + movements.reduce(0, +) == figures.closing.amount, "seed \(seed), \(currency)")
                moved += movements.reduce(0, +)
                open = figures.closing
            }
            #expect(open.amount == moved, "seed \(seed), \(currency)")
            if let last = months.last, last.closing.amount != 0 {
                closing.append("\(currency) \(last.closing.amount) of \(last.closingSubscribers)")
            }
        }
        let recurring = model.recurring.map { "\($0) \($1.amount) of \($1.subscribers)" }
        #expect(differences(of: closing, from: recurring) == [], "seed \(seed)")
    }

    /// Between rows in whatever order: those that are not there, and those that ought not to be.
    private func differences(of rows: [String], from expected: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for row in rows { counts[row, default: 0] += 1 }
        for row in expected { counts[row, default: 0] -= 1 }
        return counts.filter { $0.value != 0 }.map { "\($0.value < 0 ? "misses" : "has") \($0.key)" }.sorted()
    }
}
