import Billing
import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@Suite(.databases("billing")) struct PlanTests {
    @Test func `a plan, its first version and what it grants come to be together`() async throws {
        let database = try await connect()
        let context = OperationContext.ofTest()
        let change = try await database.createPlan(.free, context)
        let plan = change.value
        #expect(plan.slug == "free" && plan.name == "Free" && plan.status == .active && plan.isDefault)
        #expect(plan.createdAt == context.now)
        #expect(plan.currentVersion.number == 1)
        #expect(plan.currentVersion.price == Money(amount: 0, currency: "EUR"))
        #expect(plan.currentVersion.period == .month)
        #expect(plan.currentVersion.entitlements == PlanDraft.free.entitlements)
        #expect(try await database.session { try PlanService.plan(slug: "free", in: $0) } == plan)

        #expect(change.rows == [try ChangedRow(.insert, "plans", plan), try ChangedRow(.insert, "plan_versions", plan.currentVersion)])
        let stored = try await database.outbox(of: "billing")
        #expect(stored.map(\.type) == ["saas.plan.created.v1", "saas.plan.version_published.v1"])
        #expect(stored.map(\.subject) == [plan.id, plan.id])
        #expect(stored.map(\.sequence) == [1, 2])
        #expect(stored.map(\.organizationId) == [nil, nil])
        #expect(try stored[0].decode() == PlanCreated(planId: plan.id, slug: "free"))
        let published = PlanVersionPublished(
            planId: plan.id, planVersionId: plan.currentVersion.id, number: 1, price: plan.currentVersion.price, period: .month)
        #expect(try stored[1].decode() == published)
        #expect(try await database.fetchOne("select event_sequence from plans", as: Int64.self) == 2)
    }

    @Test func `entitlements of every kind are kept, and a plan may grant nothing`() async throws {
        let database = try await connect()
        let grants = [
            EntitlementGrant(key: "api_calls", kind: .metered, quantity: .max),
            EntitlementGrant(key: "members", kind: .static, quantity: nil),
            EntitlementGrant(key: "projects", kind: .static, quantity: 0), EntitlementGrant(key: "sso", kind: .boolean, quantity: nil),
        ]
        #expect(try await database.createPlan(.team(period: .year, grants.reversed())).value.currentVersion.entitlements == grants)
        #expect(try await database.createPlan(.team(slug: "bare")).value.currentVersion.entitlements.isEmpty)
        #expect(try await database.session { try PlanService.plan(slug: "team", in: $0) }?.currentVersion.period == .year)
        #expect(try await database.session { try PlanService.plan(slug: "nosuch", in: $0) } == nil)
    }

    @Test func `a taken slug and a second default plan are refused, and change nothing`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        let before = try await counts(database)
        for draft in [
            PlanDraft.team(slug: "free", [EntitlementGrant(key: "sso", kind: .boolean, quantity: nil)]),
            .team(slug: "team", isDefault: true, [EntitlementGrant(key: "sso", kind: .boolean, quantity: nil)]),
        ] {
            await #expect(throws: BillingError.planExists(draft.slug)) { try await database.createPlan(draft) }
        }
        #expect(try await counts(database) == before)
        #expect(try await database.session { try PlanService.plan(slug: "free", in: $0) }?.name == "Free")
    }

    private func counts(_ database: Connection) async throws -> [Int] {
        try await database.fetch(
            """
            select count(*) from plans union all select count(*) from plan_versions union all select count(*) from plan_entitlements
            union all select count(*) from outbox
            """)
    }

    @Test func `of two default plans at once the later waits, and is refused`() async throws {
        let (first, second) = try await rivalry(
            connect(), { try PlanService.create(.free, in: $0, context: .ofTest()).value.id },
            against: connect(), { try PlanService.create(.team(isDefault: true), in: $0, context: .ofTest()).value.id })
        #expect(throws: BillingError.planExists("team")) { try second.get() }
        #expect(try await connect().fetch("select id from plans", as: UUID.self) == [first])
    }

    @Test func `of two plans of one slug at once the later waits, and is refused`() async throws {
        let (first, second) = try await rivalry(
            connect(), { try PlanService.create(.team(), in: $0, context: .ofTest()).value.id },
            against: connect(), { try PlanService.create(.team(), in: $0, context: .ofTest()).value.id })
        #expect(throws: BillingError.planExists("team")) { try second.get() }
        #expect(try await connect().fetch("select plan_id from plan_versions", as: UUID.self) == [first])
    }
}
