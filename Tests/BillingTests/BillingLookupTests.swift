import BillingEvents
import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Billing

@Suite(.databases("billing")) struct BillingLookupTests {
    @Test func `an organization that billing has not heard of is named as it was asked for`() async throws {
        let database = try await connect()
        await #expect(throws: BillingError.noSubscription("acme")) { try await database.subscription(of: .numbered(1)) }
        await #expect(throws: BillingError.noEntitlements("acme")) { try await database.entitlements(of: .numbered(1)) }
    }

    @Test func `nothing granted is not nothing known`() async throws {
        let database = try await connect()
        try await database.createPlan(.team(isDefault: true))
        try await database.hear([.created(.numbered(1), position: 1)])
        #expect(try await database.entitlements(of: .numbered(1)).isEmpty)
    }

    @Test func `the active subscription counts, then the newest`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        try await database.hear([.created(.numbered(1), position: 1)])
        let first = try await database.subscription(of: .numbered(1))
        func add(_ id: UUID, _ status: String, _ year: Int) -> SQL {
            """
            insert into subscriptions (id, organization_id, plan_version_id, status, anchor, period_start, period_end, created_at, updated_at)
            select \(id), organization_id, plan_version_id, \(status), anchor, period_start, period_end, make_timestamptz(\(year), 1, 1, 0, 0, 0), now()
            from subscriptions where id = \(first.id)
            """
        }
        // Newer than the active one, and yet behind it.
        try await database.execute(add(.numbered(2), "cancelled", 2030))
        #expect(try await database.subscription(of: .numbered(1)).id == first.id)
        try await database.execute("update subscriptions set status = 'cancelled'")
        try await database.execute(add(.numbered(3), "cancelled", 2031))
        #expect(try await database.subscription(of: .numbered(1)).id == .numbered(3))
        #expect(try await database.subscription(of: .numbered(1)).status == .cancelled)
        try await database.execute(add(.numbered(4), "active", 2020))
        #expect(try await database.subscription(of: .numbered(1)).id == .numbered(4))
    }
}

@Suite struct BillingValueTests {
    @Test(arguments: [
        (BillingPeriod.month, "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"), (.month, "2026-12-15T00:00:00Z", "2027-01-15T00:00:00Z"),
        (.month, "2028-01-30T23:59:59.999999Z", "2028-02-29T23:59:59.999999Z"), (.year, "2028-02-29T10:00:00Z", "2029-02-28T10:00:00Z"),
        (.year, "2026-05-01T00:00:00Z", "2027-05-01T00:00:00Z"),
    ])
    func `a period ends on the same day, or the month's last`(period: BillingPeriod, start: String, end: String) throws {
        let start = try #require(Timestamp(start))
        #expect(BillingCalendar(anchor: start, interval: period).period(containing: start).end == Timestamp(end))
    }

    @Test func `the first plan costs nothing and limits projects`() {
        #expect(PlanDraft.free.isDefault)
        #expect(PlanDraft.free.price == Money(amount: 0, currency: "EUR"))
        #expect(PlanDraft.free.entitlements.first { $0.key == "projects" }?.quantity == 3)
        #expect(Set(PlanDraft.free.entitlements.map(\.key)).count == PlanDraft.free.entitlements.count)
    }

    @Test(arguments: [
        (BillingError.noDefaultPlan, "NO_DEFAULT_PLAN", 78), (.planExists("free"), "PLAN_EXISTS", 5),
        (.noSubscription("acme"), "SUBSCRIPTION_NOT_FOUND", 3),
        (.noEntitlements("acme"), "ENTITLEMENTS_NOT_FOUND", 3), (.planInvalid("x"), "PLAN_INVALID", 64),
        (.planNotFound("x"), "PLAN_NOT_FOUND", 3), (.planVersionNotFound("x", 2), "PLAN_NOT_FOUND", 3),
        (.planRetired("x"), "PLAN_RETIRED", 5),
        (.planIsDefault("x"), "PLAN_IS_DEFAULT", 5), (.noActiveSubscription("acme"), "SUBSCRIPTION_CANCELLED", 5),
        (.subscriptionExists("acme", plan: "x"), "SUBSCRIPTION_EXISTS", 5), (.currencyMismatch("EUR", "USD"), "CURRENCY_MISMATCH", 5),
        (.organizationDeleted("acme"), "ORG_DELETED", 5), (.invoiceNotFound("1"), "INVOICE_NOT_FOUND", 3),
        (.notCreditable(.numbered(1), rest: Money(amount: 0, currency: "EUR")), "NOT_CREDITABLE", 5),
        (.outlookTooLong, "INVALID_VALUE", 64), (.usageInvalid("x"), "USAGE_INVALID", 64), (.usageKeyTaken("x"), "USAGE_KEY_TAKEN", 5),
        (.notMetered("x", organization: "acme"), "NOT_METERED", 5), (.limitReached("x", limit: 1, used: 1), "USAGE_LIMIT", 5),
        (.notEntitled("x", why: .notGranted), "NOT_ENTITLED", 5),
        (.entitlementKind("x", granted: .metered, wanted: .static), "ENTITLEMENT_KIND", 5),
        (.creditNotPositive(Money(amount: 0, currency: "EUR")), "AMOUNT_INVALID", 64),
    ])
    func `codes and exit statuses are the contract`(error: BillingError, code: String, status: Int32) {
        #expect(error.failure.code.name == code)
        #expect(error.failure.code.exit.rawValue == status)
    }
}
