import Billing
import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

/// Plans that change, and plans that nobody can have any more.
@Suite(.databases("billing")) struct PlanVersionTests {
    private static let grants = [
        EntitlementGrant(key: "members", kind: .static, quantity: 10, isSoft: true),
        EntitlementGrant(key: "sso", kind: .boolean, quantity: nil),
    ]

    private func publish(
        _ draft: PlanDraft, name: String? = nil, on database: Connection, _ context: OperationContext = .ofTest()
    ) async throws -> Change<Plan> {
        try await database.change("billing", context) { try PlanService.publish(draft, name: name, in: $0, context: $1) }
    }

    @Test func `publishing makes a plan, then a version of it, and tells of each`() async throws {
        let database = try await connect()
        let first = try await publish(.team(Self.grants), on: database)
        #expect(first.value.currentVersion.number == 1 && first.value.currentVersion.entitlements == Self.grants)
        #expect(first.events.map(\.type.description) == ["saas.plan.created.v1", "saas.plan.version_published.v1"])

        let draft = PlanDraft(
            slug: "team", name: "ignored", isDefault: false, price: Money(amount: 2_500, currency: "EUR"), period: .year, entitlements: [],
            trialDays: 14)
        let second = try await publish(draft, on: database)
        #expect(second.value.id == first.value.id && second.value.name == "Team", "the name stays where none is given")
        #expect(second.value.currentVersion.number == 2 && second.value.currentVersion.trialDays == 14)
        #expect(second.value.currentVersion.entitlements.isEmpty)
        #expect(second.rows.map(\.table) == ["plans", "plan_versions"] && second.rows.map(\.operation) == [.update, .insert])
        #expect(second.events.map(\.sequence) == [3])
        #expect(
            try second.events[0].decoded()
                == PlanVersionPublished(
                    planId: first.value.id, planVersionId: second.value.currentVersion.id, number: 2,
                    price: Money(amount: 2_500, currency: "EUR"), period: .year, trialDays: 14))

        #expect(try await publish(draft, name: "Teams", on: database).value.name == "Teams")
        // As each version has it.
        try await database.session { session throws in
            #expect(try PlanService.find("team", version: 1, in: session).currentVersion == first.value.currentVersion)
            #expect(try PlanService.find("team", version: 2, in: session).currentVersion.number == 2)
            #expect(try PlanService.find("team", in: session).currentVersion.number == 3)
            for number in [0, -1, 4, .max] {
                #expect(throws: BillingError.planVersionNotFound("team", number)) {
                    try PlanService.find("team", version: number, in: session)
                }
            }
        }
    }

    @Test func `what is so already makes no version`() async throws {
        let database = try await connect()
        _ = try await publish(.team(Self.grants), on: database)
        let before = try await TestDatabases.current.contents()
        let again = try await publish(.team(Self.grants.reversed()), name: "Team", on: database)
        #expect(again.rows.isEmpty && again.events.isEmpty && again.value.currentVersion.number == 1)
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `a retired plan stays what it was, and takes nothing any more`() async throws {
        let database = try await connect()
        let plan = try await database.createPlan(.team()).value
        let retired = try await database.change("billing") { try PlanService.retire("team", in: $0, context: $1) }
        #expect(retired.value.status == .retired && retired.value.currentVersion == plan.currentVersion)
        #expect(retired.rows == [try ChangedRow(.update, "plans", retired.value)])
        #expect(try retired.events.map { try $0.decoded(PlanRetired.self) } == [PlanRetired(planId: plan.id)])
        #expect(retired.events.map(\.sequence) == [3])

        let before = try await TestDatabases.current.contents()
        let again = try await database.change("billing") { try PlanService.retire("team", in: $0, context: $1) }
        #expect(again.rows.isEmpty && again.events.isEmpty)
        await #expect(throws: BillingError.planRetired("team")) { try await publish(.team(Self.grants), on: database) }
        await #expect(throws: BillingError.planNotFound("nosuch")) {
            try await database.change("billing") { try PlanService.retire("nosuch", in: $0, context: $1) }
        }
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `the plan of new organizations cannot be retired`() async throws {
        let database = try await connect()
        try await database.createPlan(.free)
        await #expect(throws: BillingError.planIsDefault("free")) {
            try await database.change("billing") { try PlanService.retire("free", in: $0, context: $1) }
        }
    }

    @Test func `plans are listed by their state, newest first`() async throws {
        let database = try await connect()
        for (offset, slug) in ["one", "two", "three"].enumerated() {
            try await database.createPlan(.team(slug: slug), .ofTest(at: OperationContext.ofTest().now.advanced(by: .seconds(offset))))
        }
        try await database.change("billing") { try PlanService.retire("two", in: $0, context: $1) }
        func list(_ status: Plan.Status?) async throws -> [String] {
            try await database.session { try PlanService.list(status, limit: 10, in: $0).items.map(\.slug) }
        }
        #expect(try await list(.active) == ["three", "one"])
        #expect(try await list(.retired) == ["two"])
        let page = try await database.session { try PlanService.list(nil, limit: 2, in: $0) }
        #expect(page.items.map(\.slug) == ["three", "two"])
        let rest = try await database.session { try PlanService.list(nil, before: page.next, limit: 2, in: $0) }
        #expect(rest.items.map(\.slug) == ["one"] && rest.next == nil)
    }

    @Test func `of two who publish a version at once each makes one, and of a new plan one makes it`() async throws {
        @Sendable func draft(_ amount: Int64) -> PlanDraft {
            PlanDraft(
                slug: "team", name: "Team", isDefault: false, price: Money(amount: amount, currency: "EUR"), period: .month,
                entitlements: [])
        }
        for (round, numbers) in [[1, 2], [3, 4]].enumerated() {
            let (first, second) = try await rivalry(
                connect(),
                { try PlanService.publish(draft(Int64(round * 10)), name: nil, in: $0, context: .ofTest()).value.currentVersion.number },
                against: connect(),
                { try PlanService.publish(draft(Int64(round * 10 + 1)), name: nil, in: $0, context: .ofTest()).value.currentVersion.number }
            )
            #expect(first == numbers[0])
            #expect(try second.get() == numbers[1])
        }
    }

    @Test(arguments: [
        draft(slug: "Team"), draft(slug: "t"), draft(slug: "a--b"), draft(slug: "-ab"), draft(slug: "tëam"), draft(name: ""),
        draft(name: "two\nlines"), draft(amount: -1), draft(amount: 1_000_000_000_001), draft(amount: .max), draft(amount: .min),
        draft(trialDays: -1), draft(trialDays: 731), draft(grants: [EntitlementGrant(key: "SSO", kind: .boolean, quantity: nil)]),
        draft(grants: [EntitlementGrant(key: "", kind: .static, quantity: 1)]),
        draft(grants: [EntitlementGrant(key: "projects", kind: .static, quantity: -1)]),
        draft(grants: [EntitlementGrant(key: "projects", kind: .static, quantity: nil, isSoft: true)]),
        draft(grants: [EntitlementGrant(key: "sso", kind: .boolean, quantity: nil, isSoft: true)]),
        draft(grants: [EntitlementGrant(key: "sso", kind: .boolean, quantity: 1)]),
        draft(grants: [
            EntitlementGrant(key: "projects", kind: .static, quantity: 1), EntitlementGrant(key: "projects", kind: .metered, quantity: 2),
        ]),
    ])
    func `what no plan can be is refused by its rules, not by the database`(draft: PlanDraft) async throws {
        let database = try await connect()
        let before = try await TestDatabases.current.contents()
        let error = await #expect(throws: BillingError.self) { try await publish(draft, on: database) }
        #expect(error?.failure.code.name == "PLAN_INVALID" && error?.failure.code.exit == .usage)
        #expect(try await TestDatabases.current.contents() == before)
    }

    @Test func `the highest price and the longest trial are possible, an unknown currency is not`() async throws {
        let database = try await connect()
        #expect(
            try await publish(Self.draft(amount: 1_000_000_000_000, trialDays: 730), on: database).value.currentVersion.trialDays == 730)
        await #expect(throws: MoneyError.unknownCurrency("XXX")) { try await publish(Self.draft(currency: "XXX"), on: database) }
    }

    private static func draft(
        slug: String = "team", name: String = "Team", amount: Int64 = 1, currency: String = "EUR", trialDays: Int = 0,
        grants: [EntitlementGrant] = []
    ) -> PlanDraft {
        PlanDraft(
            slug: slug, name: name, isDefault: false, price: Money(amount: amount, currency: currency), period: .month,
            entitlements: grants,
            trialDays: trialDays)
    }
}
