import BillingEvents
import FoundationEssentials
import Kernel
import TestSupport
import Testing

@testable import Billing

/// What becomes of a subscription, without a database.
@Suite struct ContractTests {
    private static func offer(
        _ slug: String, _ price: String, _ period: BillingPeriod = .month, trialDays: Int = 0, version: Int = 1
    ) throws -> Offer {
        Offer(
            planId: .numbered(UInt64(slug.utf8.reduce(7) { $0 * 31 + Int($1) } % 1_000_000)), slug: slug,
            version: PlanVersion(
                id: .numbered(UInt64("\(slug)\(version)".utf8.reduce(11) { $0 * 37 + Int($1) } % 1_000_000)), number: version,
                price: try Money(text: price), period: period, entitlements: [], trialDays: trialDays))
    }

    private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text), "\(text)") }

    private static func contract(_ offer: Offer, from start: String) throws -> Contract {
        var contract = try Contract(id: .numbered(1), organizationId: .numbered(2), offer: offer, startingAt: try time(start))
        contract.bills = []
        contract.events = []
        return contract
    }

    /// `cause total: kind days/of amount, …` of each bill.
    private static func texts(_ bills: [Bill]) -> [String] {
        bills.map { bill in
            "\(bill.cause.rawValue) \(bill.total): "
                + bill.lines.map { "\($0.kind.rawValue) \($0.days)/\($0.ofDays) \($0.amount)" }.joined(separator: ", ")
        }
    }

    private static func days(_ period: PaidPeriod) -> String {
        "\(period.start.description.prefix(10)) \(period.end.description.prefix(10))"
    }

    /// Upgrades that others have worked out: half of a month from 10 to 20 dollars is 10 less 5
    /// (https://docs.stripe.com/billing/subscriptions/prorations), from 20 to 50 it is 15
    /// (https://docs.useautumn.com/documentation/modelling-pricing/proration), from 12 to 24 after a week of four 18 less 9
    /// (https://changelog.baremetrics.com/api---proration-charge-fixes-ymQbm). On 15 January 14 of 31 days of 100 euros are used, which is 45.16
    /// (https://getlago.com/docs/guide/subscriptions/upgrades-downgrades), and 17 are left.
    @Test(arguments: [
        ("10 USD", "20 USD", "2026-04-01", "2026-04-16", "change 5.00 USD: unused 15/30 -5.00 USD, remaining 15/30 10.00 USD"),
        ("20 USD", "50 USD", "2026-04-01", "2026-04-16", "change 15.00 USD: unused 15/30 -10.00 USD, remaining 15/30 25.00 USD"),
        ("12 USD", "24 USD", "2026-02-01", "2026-02-08", "change 9.00 USD: unused 21/28 -9.00 USD, remaining 21/28 18.00 USD"),
        ("100 EUR", "200 EUR", "2026-01-01", "2026-01-15", "change 54.84 EUR: unused 17/31 -54.84 EUR, remaining 17/31 109.68 EUR"),
        ("1000 JPY", "2000 JPY", "2026-04-01", "2026-04-21", "change 334 JPY: unused 10/30 -333 JPY, remaining 10/30 667 JPY"),
        ("9.999 KWD", "19.999 KWD", "2026-01-01", "2026-01-15", "change 5.484 KWD: unused 17/31 -5.483 KWD, remaining 17/31 10.967 KWD"),
        // On the first day all of it, and on the last one of it.
        ("10 EUR", "20 EUR", "2026-04-01", "2026-04-01", "change 10.00 EUR: unused 30/30 -10.00 EUR, remaining 30/30 20.00 EUR"),
        ("30 EUR", "60 EUR", "2026-04-01", "2026-04-30", "change 1.00 EUR: unused 1/30 -1.00 EUR, remaining 1/30 2.00 EUR"),
    ])
    func `a higher plan is taken at once, with what is left of the period`(
        old: String, new: String, start: String, change: String, bill: String
    ) throws {
        var contract = try Self.contract(Self.offer("low", old), from: start)
        let period = contract.period
        #expect(try contract.change(to: Self.offer("high", new), nil, at: try Self.time(change)) == Self.time(change))
        #expect(Self.texts(contract.bills) == [bill])
        #expect(contract.period == period && contract.offer.slug == "high" && contract.next == .renewal)
        let told = try #require(contract.events.first as? SubscriptionChanged)
        #expect(try contract.events.count == 1 && told.price == Money(text: new) && told.effectiveAt == Self.time(change))
        // From then on in full.
        contract.bills = []
        try contract.catchUp(to: period.end)
        #expect(contract.bills.map(\.total) == [try Money(text: new)])
    }

    @Test func `a lower plan, and one of the same value, wait for the end of the period`() throws {
        for lower in [try Self.offer("low", "10 EUR"), try Self.offer("same", "20 EUR"), try Self.offer("yearly", "240 EUR", .year)] {
            var contract = try Self.contract(Self.offer("high", "20 EUR"), from: "2026-01-31")
            #expect(try contract.change(to: lower, nil, at: try Self.time("2026-02-10")) == Self.time("2026-02-28"))
            #expect(contract.bills.isEmpty && contract.offer.slug == "high" && contract.next == .change(lower))
            let told = try #require(contract.events.first as? SubscriptionScheduled)
            #expect(told.action == .change && told.planVersionId == lower.version.id && told.effectiveAt == contract.period.end)
            // Again changes nothing.
            _ = try contract.change(to: lower, nil, at: try Self.time("2026-02-11"))
            #expect(contract.events.count == 1)
            try contract.catchUp(to: try Self.time("2026-02-28"))
            #expect(contract.offer == lower && contract.next == .renewal && contract.bills.map(\.total) == [lower.version.price])
            // The anchor stays, unless the periods have another length.
            #expect(
                Self.days(contract.period) == (lower.version.period == .month ? "2026-02-28 2026-03-31" : "2026-02-28 2027-02-28"))
        }
    }

    @Test func `both can be had otherwise`() throws {
        var contract = try Self.contract(Self.offer("high", "20 EUR"), from: "2026-04-01")
        _ = try contract.change(to: Self.offer("low", "10 EUR"), .now, at: try Self.time("2026-04-16"))
        // More is given back than taken.
        #expect(Self.texts(contract.bills) == ["change -5.00 EUR: unused 15/30 -10.00 EUR, remaining 15/30 5.00 EUR"])
        #expect(contract.bills[0].kind == .creditNote)

        contract = try Self.contract(Self.offer("low", "10 EUR"), from: "2026-04-01")
        _ = try contract.change(to: Self.offer("high", "20 EUR"), .periodEnd, at: try Self.time("2026-04-16"))
        #expect(try contract.bills.isEmpty && contract.next == .change(try Self.offer("high", "20 EUR")))
        // The one that it has: as if nothing had been said.
        _ = try contract.change(to: Self.offer("low", "10 EUR"), nil, at: try Self.time("2026-04-17"))
        #expect(contract.next == .renewal && (contract.events.last as? SubscriptionScheduled)?.action == .renew)
    }

    @Test func `a plan with periods of another length begins one at once`() throws {
        var contract = try Self.contract(Self.offer("monthly", "10 EUR"), from: "2026-04-01")
        _ = try contract.change(to: Self.offer("yearly", "240 EUR", .year), nil, at: try Self.time("2026-04-16"))
        #expect(Self.texts(contract.bills) == ["change 235.00 EUR: unused 15/30 -5.00 EUR, period 365/365 240.00 EUR"])
        #expect(try Self.days(contract.period) == "2026-04-16 2027-04-16" && contract.anchor == Self.time("2026-04-16"))
    }

    @Test func `currencies do not mix, but nothing is nothing in all of them`() throws {
        var contract = try Self.contract(Self.offer("euro", "10 EUR"), from: "2026-04-01")
        #expect(throws: BillingError.currencyMismatch("EUR", "USD")) {
            try contract.change(to: Self.offer("dollar", "20 USD"), nil, at: try Self.time("2026-04-16"))
        }
        #expect(contract.offer.slug == "euro" && contract.bills.isEmpty)
        _ = try contract.change(to: Self.offer("none", "0 USD"), .now, at: try Self.time("2026-04-16"))
        #expect(Self.texts(contract.bills) == ["change -5.00 EUR: unused 15/30 -5.00 EUR"])
        contract.bills = []
        _ = try contract.change(to: Self.offer("dollar", "20 USD"), nil, at: try Self.time("2026-04-20"))
        #expect(Self.texts(contract.bills) == ["change 20.00 USD: period 30/30 20.00 USD"])
    }

    @Test func `from a plan that costs nothing a period of its own begins, with the trial that the plan has, once`() throws {
        var contract = try Self.contract(Self.offer("free", "0 EUR"), from: "2026-01-31")
        _ = try contract.change(to: Self.offer("pro", "30 EUR", trialDays: 14), nil, at: try Self.time("2026-03-17"))
        #expect(try contract.bills.isEmpty && contract.trialEnd == Self.time("2026-03-31"))
        #expect(try Self.days(contract.period) == "2026-03-17 2026-03-31" && contract.isInTrial(at: try Self.time("2026-03-30T23:59:59Z")))
        try contract.catchUp(to: try Self.time("2026-03-31"))
        #expect(Self.texts(contract.bills) == ["renewal 30.00 EUR: period 30/30 30.00 EUR"])
        #expect(try Self.days(contract.period) == "2026-03-31 2026-04-30" && !contract.isInTrial(at: try Self.time("2026-03-31")))

        contract.bills = []
        _ = try contract.change(to: Self.offer("free", "0 EUR"), .now, at: try Self.time("2026-03-31"))
        _ = try contract.change(to: Self.offer("pro", "30 EUR", trialDays: 14), nil, at: try Self.time("2026-04-10"))
        #expect(Self.texts(contract.bills).last == "change 30.00 EUR: period 30/30 30.00 EUR")
    }

    @Test func `so it does where the change was left to the end of a period that cost nothing`() throws {
        for trialDays in [0, 14] {
            var contract = try Self.contract(Self.offer("free", "0 EUR"), from: "2026-01-31")
            _ = try contract.change(to: Self.offer("pro", "30 EUR", trialDays: trialDays), .periodEnd, at: try Self.time("2026-02-10"))
            try contract.catchUp(to: try Self.time("2026-02-28"))
            #expect(try contract.anchor == Self.time(trialDays == 0 ? "2026-02-28" : "2026-03-14"))
            #expect(Self.days(contract.period) == (trialDays == 0 ? "2026-02-28 2026-03-28" : "2026-02-28 2026-03-14"))
            #expect(Self.texts(contract.bills) == (trialDays == 0 ? ["renewal 30.00 EUR: period 28/28 30.00 EUR"] : []))
            #expect((contract.events.last as? SubscriptionChanged)?.trialEnd == contract.trialEnd)
        }
    }

    @Test func `a change in a trial costs nothing and does not make it longer, and ending it gives nothing back`() throws {
        var contract = try Self.contract(Self.offer("pro", "30 EUR", trialDays: 14), from: "2026-03-01")
        _ = try contract.change(to: Self.offer("business", "900 EUR", .year, trialDays: 30), nil, at: try Self.time("2026-03-10"))
        #expect(contract.bills.isEmpty && Self.days(contract.period) == "2026-03-01 2026-03-15")
        try contract.catchUp(to: try Self.time("2026-03-15"))
        #expect(contract.bills.map(\.total.description) == ["900.00 EUR"] && Self.days(contract.period) == "2026-03-15 2027-03-15")

        contract = try Self.contract(Self.offer("pro", "30 EUR", trialDays: 14), from: "2026-03-01")
        _ = try contract.cancel(.now, at: try Self.time("2026-03-10"))
        #expect(try contract.bills.isEmpty && contract.status == .cancelled && contract.endedAt == Self.time("2026-03-10"))
    }

    @Test func `who ends at once gets back what is left, who ends with the period nothing`() throws {
        var contract = try Self.contract(Self.offer("pro", "30 EUR"), from: "2026-04-01")
        #expect(try contract.cancel(.periodEnd, at: try Self.time("2026-04-16")) == Self.time("2026-05-01"))
        #expect(contract.bills.isEmpty && contract.next == .end && contract.status == .active)
        _ = try contract.cancel(.periodEnd, at: try Self.time("2026-04-17"))
        #expect(contract.events.count == 1)
        var early = contract
        _ = try early.cancel(.now, at: try Self.time("2026-04-16T10:00:00Z"))
        #expect(Self.texts(early.bills) == ["cancellation -15.00 EUR: unused 15/30 -15.00 EUR"] && early.wakesAt == nil)

        try contract.catchUp(to: try Self.time("2026-08-01"))
        #expect(try contract.bills.isEmpty && contract.status == .cancelled && contract.endedAt == Self.time("2026-05-01"))
        #expect((contract.events.last as? SubscriptionCancelled)?.endedAt == contract.endedAt)
    }

    @Test func `what was missed is caught up with in order, each period once`() throws {
        var contract = try Self.contract(Self.offer("pro", "30 EUR"), from: "2026-01-31")
        try contract.catchUp(to: try Self.time("2026-05-31"))
        #expect(
            contract.bills.map { Self.days(PaidPeriod(start: $0.periodStart, end: $0.periodEnd)) } == [
                "2026-02-28 2026-03-31", "2026-03-31 2026-04-30", "2026-04-30 2026-05-31", "2026-05-31 2026-06-30",
            ])
        #expect(contract.events.count == 4 && contract.events.allSatisfy { $0 is SubscriptionRenewed })
        try contract.catchUp(to: try Self.time("2026-06-29T23:59:59Z"))
        #expect(contract.events.count == 4)
    }

    @Test func `periods that cost nothing just pass`() throws {
        var contract = try Self.contract(Self.offer("free", "0 EUR"), from: "2026-01-31")
        #expect(contract.wakesAt == nil)
        try contract.catchUp(to: try Self.time("2027-03-01"))
        #expect(contract.bills.isEmpty && contract.events.isEmpty && Self.days(contract.period) == "2027-02-28 2027-03-31")
        // Unless something is to happen at the end of one.
        _ = try contract.cancel(.periodEnd, at: try Self.time("2027-03-01"))
        #expect(try contract.wakesAt == Self.time("2027-03-31"))
    }

    @Test func `who is found late on a plan that costs nothing is told of its beginning, and is where time is`() throws {
        var contract = try Self.contract(Self.offer("pro", "30 EUR"), from: "2026-01-31")
        _ = try contract.change(to: Self.offer("free", "0 EUR"), nil, at: try Self.time("2026-02-10"))
        contract.events = []
        try contract.catchUp(to: try Self.time("2026-06-01"))
        let changed = try #require(contract.events.first as? SubscriptionChanged)
        #expect(contract.events.count == 1)
        #expect(Self.days(PaidPeriod(start: changed.periodStart, end: changed.periodEnd)) == "2026-02-28 2026-03-31")
        #expect(Self.days(contract.period) == "2026-05-31 2026-06-30")
    }
}
