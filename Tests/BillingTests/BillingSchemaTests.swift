import Billing
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("billing")) struct BillingSchemaTests {
    @Test func `the tables of plans refuse what no rule would let through`() async throws {
        let database = try await connect()
        let plan = try await database.createPlan(.free).value
        func planRow(slug: String = "team", name: String = "Team", status: String = "active", isDefault: Bool = false) -> SQL {
            "insert into plans (id, slug, name, status, is_default, created_at) values (gen_random_uuid(), \(slug), \(name), \(status), \(isDefault), now())"
        }
        func version(number: Int = 2, amount: Int = 1, currency: String = "EUR", period: String = "month", plan: UUID = plan.id) -> SQL {
            """
            insert into plan_versions (id, plan_id, number, amount, currency, period, published_at)
            values (gen_random_uuid(), \(plan), \(number), \(amount), \(currency), \(period), now())
            """
        }
        func grant(key: String = "sso", kind: String = "boolean", quantity: Int? = nil) -> SQL {
            "insert into plan_entitlements values (\(plan.currentVersion.id), \(key), \(kind), \(quantity))"
        }
        for good in [planRow(), version(), version(amount: 0), grant(), grant(kind: "static", quantity: 0)] {
            #expect(try await database.refusal(of: good) == nil)
        }
        for bad in [
            planRow(slug: "Team"), planRow(slug: "t"), planRow(name: ""), planRow(status: "gone"), version(number: 0), version(amount: -1),
            version(currency: "eur"), version(currency: "EURO"), version(period: "week"), grant(key: "SSO"), grant(key: ""),
            grant(key: String(repeating: "k", count: 61)), grant(kind: "sometimes"), grant(kind: "static", quantity: -1),
            grant(quantity: 1),
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation, "\(bad.text)")
        }
        for twin in [planRow(slug: "free"), planRow(isDefault: true), version(number: 1), grant(key: "projects")] {
            #expect(try await database.refusal(of: twin) == .uniqueViolation, "\(twin.text)")
        }
        #expect(try await database.refusal(of: version(plan: .numbered(1))) == .foreignKeyViolation)
    }

    @Test func `the tables of subscriptions refuse what no rule would let through`() async throws {
        let database = try await connect()
        let plan = try await database.createPlan(.free).value
        try await database.hear([.created(.numbered(1), position: 1)])
        func subscription(
            organization: UInt64 = 2, status: String = "active", end: String = "2026-02-01", version: UUID = plan.currentVersion.id
        ) -> SQL {
            """
            insert into subscriptions (id, organization_id, plan_version_id, status, anchor, period_start, period_end, created_at, updated_at)
            values (gen_random_uuid(), \(UUID.numbered(organization)), \(version), \(status), '2026-01-01', '2026-01-01', \(end)::timestamptz, now(), now())
            """
        }
        #expect(try await database.refusal(of: subscription()) == nil)
        #expect(try await database.refusal(of: subscription(organization: 1, status: "cancelled")) == nil)
        #expect(try await database.refusal(of: subscription(organization: 1)) == .uniqueViolation)
        #expect(try await database.refusal(of: subscription(status: "paused")) == .checkViolation)
        // A period without length is none.
        #expect(try await database.refusal(of: subscription(end: "2026-01-01")) == .checkViolation)
        #expect(try await database.refusal(of: subscription(version: .numbered(1))) == .foreignKeyViolation)
        for bad: SQL in [
            "insert into entitlements values (\(UUID.numbered(1)), 'sso', 'sometimes', null)",
            "insert into entitlements values (\(UUID.numbered(1)), 'sso', 'static', -1)", "update entitlement_sets set version = 0",
        ] {
            #expect(try await database.refusal(of: bad) == .checkViolation)
        }
    }

    @Test func `the role that runs commands cannot change what was published, nor remove a contract`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        for forbidden: SQL in [
            "update plan_versions set amount = 1", "delete from plan_versions", "update plan_entitlements set quantity = 1",
            "delete from plan_entitlements",
            "delete from plans", "delete from entitlement_sets", "truncate entitlements", "drop table plans",
        ] {
            #expect(try await database.refusal(of: forbidden) == .insufficientPrivilege, "\(forbidden.text)")
        }
    }
}
