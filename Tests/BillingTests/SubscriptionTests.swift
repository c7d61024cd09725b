import BillingEvents
import FoundationEssentials
import Kernel
import OrganizationEvents
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Billing

/// Subscriptions, their invoices, and who is told.
@Suite(.databases("billing")) struct SubscriptionTests {
    private static let start = Timestamp(year: 2026, month: 4, day: 1)
    private static func day(_ day: Int, month: Int = 4) -> Timestamp { Timestamp(year: 2026, month: month, day: day) }

    @Test func `a move to a higher plan is invoiced, granted and told at once`() async throws {
        let database = try await connect()
        try await database.prepareAcme(
            .priced("low", "10 EUR", projects: 10), .priced("high", "20 EUR", projects: 20), at: Self.start)
        try await database.move(to: "low", at: Self.start)
        let before = try await database.outbox(of: "billing").count
        let moved = try await database.move(to: "high", at: Self.day(16))
        #expect(try moved.value.plan.slug == "high" && moved.value.price == (try Money(text: "20 EUR")) && moved.value.scheduled == nil)
        #expect(moved.rows.map(\.table) == ["subscriptions", "invoices"] && moved.rows.map(\.operation) == [.update, .insert])

        let invoices = try await database.invoices()
        #expect(invoices.map(\.number) == [1, 2] && invoices.map(\.total.description) == ["10.00 EUR", "5.00 EUR"])
        #expect(invoices[1].lines.map(\.amount.amount) == [-500, 1_000] && invoices[1].issuedAt == Self.day(16))
        #expect(try moved.rows[1] == ChangedRow(.insert, "invoices", invoices[1]))

        let told = Array(try await database.outbox(of: "billing").dropFirst(before))
        #expect(
            told.map(\.type) == ["saas.subscription.changed.v1", "saas.invoice.finalized.v1", "saas.entitlements.updated.v1"])
        #expect(told.map(\.subject) == [moved.value.id, invoices[1].id, acme.organizationId] && told.map(\.sequence) == [3, 1, 3])
        let granted: EntitlementsUpdated = try told[2].decode()
        #expect(granted.version == 3 && granted.entitlements.map(\.quantity) == [20])
        #expect(try await database.entitlements(of: acme.organizationId).map(\.quantity) == [20])
        let finalized: InvoiceFinalized = try told[1].decode()
        #expect(finalized.number == 2 && finalized.total.amount == 500 && finalized.kind == .invoice)
    }

    @Test func `a lower plan comes with the next period, done by what is due`() async throws {
        let database = try await connect()
        try await database.prepareAcme(
            .priced("low", "10 EUR", projects: 10), .priced("high", "20 EUR", projects: 20), at: Self.start)
        try await database.move(to: "high", at: Self.start)
        let moved = try await database.move(to: "low", at: Self.day(16))
        #expect(moved.value.plan.slug == "high" && moved.value.scheduled?.plan?.slug == "low")
        #expect(moved.value.scheduled?.effectiveAt == Self.day(1, month: 5) && moved.rows.map(\.table) == ["subscriptions"])
        #expect(try await database.entitlements(of: acme.organizationId).map(\.quantity) == [20])

        #expect(try await database.wake(at: Self.day(30)) == 0)
        #expect(try await database.wake(at: Self.day(1, month: 5)) == 1)
        let now = try await database.subscription(of: acme.organizationId)
        #expect(now.plan.slug == "low" && now.scheduled == nil && now.periodEnd == Self.day(1, month: 6))
        #expect(try await database.entitlements(of: acme.organizationId).map(\.quantity) == [10])
        #expect(try await database.invoices().map(\.total.description) == ["20.00 EUR", "10.00 EUR"])
        #expect(try await database.fetch("select due_at from due", as: Timestamp.self) == [Self.day(1, month: 6)])
    }

    @Test func `ending with the period, now, and twice`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR", projects: 10), at: Self.start)
        try await database.move(to: "pro", at: Self.start)
        let ending = try await database.cancel(.periodEnd, at: Self.day(10))
        #expect(ending.value.status == .active && ending.value.scheduled?.action == .end)
        let again = try await database.cancel(.periodEnd, at: Self.day(11))
        #expect(again.rows.isEmpty && again.events.isEmpty && again.value == ending.value)
        // Taken back.
        #expect(try await database.move(to: "pro", at: Self.day(12)).value.scheduled == nil)
        try await database.cancel(.periodEnd, at: Self.day(13))

        let ended = try await database.cancel(.now, at: Self.day(16))
        #expect(ended.value.status == .cancelled && ended.value.endedAt == Self.day(16) && ended.value.scheduled == nil)
        #expect(try await database.entitlements(of: acme.organizationId).isEmpty)
        let credit = try #require(try await database.invoices().last)
        #expect(credit.kind == .creditNote && credit.total.description == "-15.00 EUR" && credit.number == 2)
        let before = try await TestDatabases.current.contents()
        #expect(try await database.cancel(.now, at: Self.day(17)).rows.isEmpty)
        await #expect(throws: BillingError.noActiveSubscription("acme")) { try await database.move(to: "pro", at: Self.day(17)) }
        #expect(try await TestDatabases.current.contents() == before)
        // The entry of its renewal finds nothing to do.
        #expect(try await database.wake(at: Self.day(1, month: 6)) == 1)
        #expect(try await database.invoices().count == 2)
    }

    @Test func `a new subscription begins when the last is over, also unnoticed`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR", projects: 10), .priced("trial", "30 EUR", trialDays: 10), at: Self.start)
        await #expect(throws: BillingError.subscriptionExists("acme", plan: "free")) {
            try await database.subscribe("pro", at: Self.day(2))
        }
        try await database.cancel(.periodEnd, at: Self.day(2))
        // Nobody has ended it at its time.
        let created = try await database.subscribe("pro", at: Self.day(10, month: 5))
        #expect(created.value.plan.slug == "pro" && created.value.periodStart == Self.day(10, month: 5))
        #expect(
            created.events.map(\.type.name) == [
                "saas.subscription.cancelled", "saas.entitlements.updated", "saas.subscription.activated", "saas.invoice.finalized",
                "saas.entitlements.updated",
            ])
        #expect(try created.events[0].decoded(SubscriptionCancelled.self).endedAt == Self.day(1, month: 5))
        #expect(try await database.fetch("select status from subscriptions order by created_at") == ["cancelled", "active"])
        #expect(try await database.invoices().map(\.total.description) == ["30.00 EUR"])

        try await database.cancel(.now, at: Self.day(10, month: 5))
        let trial = try await database.subscribe("trial", at: Self.day(11, month: 5))
        #expect(trial.value.trialEnd == Self.day(21, month: 5) && trial.value.periodEnd == Self.day(21, month: 5))
        #expect(try await database.invoices().count == 2, "the credit note alone has come")
        try await database.wake(at: Self.day(21, month: 5))
        #expect(try await database.invoices().last?.total.description == "30.00 EUR")
    }

    @Test func `a downtime of several periods is caught up with in order, each once, whoever does it`() async throws {
        let database = try await connect()
        let start = Timestamp(year: 2026, month: 1, day: 31)
        try await database.prepareAcme(.priced("pro", "30 EUR"), at: start)
        try await database.move(to: "pro", at: start)
        let entry = try #require(
            try await database.transaction(TransactionOptions(ending: .rollback)) {
                try DueStore.claim([SubscriptionService.renewalKind], at: Self.day(20, month: 5), limit: 10, in: $0)?.first
            })
        // Noted twice, as where a deletion was undone meanwhile.
        try await database.transaction {
            try DueStore.schedule(entry.kind, entry.subject, at: entry.dueAt, in: $0, correlation: entry.correlationId, id: UUID())
        }
        #expect(try await database.wake(at: Self.day(20, month: 5)) == 2)
        let ends = ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
        func billed() async throws -> [String] { try await database.invoices().map { String($0.periodEnd.description.prefix(10)) } }
        #expect(try await billed() == ends)
        #expect(try await database.wake(at: Self.day(20, month: 5)) == 0)
        // The same entry a second time, as after a restore.
        let told = try await database.outbox(of: "billing").count
        let may = Self.day(20, month: 5)
        try await database.transaction { try SubscriptionService.renewal.perform([entry, entry], of: "billing", at: may, in: $0) }
        #expect(try await billed() == ends)
        #expect(try await database.outbox(of: "billing").count == told)
        // A command finds what the worker has not done yet.
        try await database.cancel(.now, at: Self.day(30, month: 6))
        #expect(try await billed() == ends + ["2026-06-30", "2026-07-31", "2026-07-31"])
        #expect(
            try await database.outbox(of: "billing").filter { $0.subject == entry.subject }.map(\.sequence) == Array(1...8))
    }

    @Test func `of 16 at once one subscribes an organization`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR"), at: Self.start)
        try await database.cancel(.now, at: Self.day(2))
        let connections = try await (0..<16).asyncMap { _ in try await connect() }
        let outcomes = await withTaskGroup(of: String.self) { group in
            for connection in connections {
                group.addTask {
                    do { return try await connection.subscribe("pro", at: Self.day(3)).value.plan.slug } catch {
                        return (error as? BillingError)?.failure.code.name ?? "\(error)"
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == "pro" }.count == 1)
        #expect(outcomes.filter { $0 == "SUBSCRIPTION_EXISTS" }.count == 15, "\(outcomes)")
        #expect(try await database.fetchOne("select count(*) from subscriptions where status = 'active'", as: Int.self) == 1)
        #expect(try await database.invoices().count == 1)
    }

    @Test func `of many who move it at once each finds what the one before has left`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR"), .priced("max", "60 EUR"), at: Self.start)
        try await database.move(to: "pro", at: Self.start)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                let connection = try await connect()
                group.addTask { try await connection.move(to: number % 2 == 0 ? "max" : "pro", .now, at: Self.day(16)) }
            }
            try await group.waitForAll()
        }
        let invoices = try await database.invoices()
        #expect(invoices.map(\.number) == Array(1...Int64(invoices.count)), "no gap and no twin")
        let plan = try await database.subscription(of: acme.organizationId).plan.slug
        #expect(invoices.dropFirst().map(\.total.amount).reduce(0, +) == (plan == "max" ? 1_500 : 0))
    }

    @Test func `unknown and retired plans, and organizations that are gone, are refused and change nothing`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR"), .priced("old", "50 EUR"), at: Self.start)
        try await database.change("billing") { try PlanService.retire("old", in: $0, context: $1) }
        let stranger = SubscriptionService.Subscriber(organizationId: .numbered(0xBAD), label: "stranger")
        let before = try await TestDatabases.current.contents()
        await #expect(throws: BillingError.planNotFound("nosuch")) { try await database.move(to: "nosuch", at: Self.day(2)) }
        await #expect(throws: BillingError.planRetired("old")) { try await database.move(to: "old", at: Self.day(2)) }
        await #expect(throws: BillingError.noEntitlements("stranger")) {
            try await database.move(to: "pro", for: stranger, at: Self.day(2))
        }
        await #expect(throws: BillingError.noEntitlements("stranger")) {
            try await database.subscribe("pro", for: stranger, at: Self.day(2))
        }
        await #expect(throws: BillingError.noEntitlements("stranger")) { try await database.cancel(.now, for: stranger, at: Self.day(2)) }
        #expect(try await TestDatabases.current.contents() == before)
    }

    private func step(_ request: Int, isUndo: Bool, position: Int64) throws -> StoredEvent {
        try .handMade(
            SagaStepRequested(
                sagaId: .numbered(50), stepId: .numbered(51), organizationId: acme.organizationId, action: .cancelSubscription,
                isUndo: isUndo, request: request), from: "organization", position: position, subject: .numbered(51),
            organization: acme.organizationId)
    }

    @Test func `while an organization is deleted its subscription takes no change, and what was due then is done after`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR"), at: Self.start)
        try await database.move(to: "pro", at: Self.start)
        try await database.hear([step(1, isUndo: false, position: 2)], at: Self.day(10))
        let cancelled = try await database.subscription(of: acme.organizationId)
        #expect(cancelled.status == .cancelled && cancelled.endedAt == Self.day(10))
        let before = try await TestDatabases.current.contents()
        let deleted = BillingError.organizationDeleted("acme")
        await #expect(throws: deleted) { try await database.move(to: "pro", at: Self.day(11)) }
        await #expect(throws: deleted) { try await database.subscribe("pro", at: Self.day(11)) }
        await #expect(throws: deleted) { try await database.cancel(.now, at: Self.day(11)) }
        #expect(try await TestDatabases.current.contents() == before)

        #expect(try await database.wake(at: Self.day(2, month: 5)) == 1)
        #expect(try await database.invoices().count == 1)
        try await database.hear([step(2, isUndo: true, position: 3)], at: Self.day(3, month: 5))
        #expect(try await database.subscription(of: acme.organizationId).endedAt == nil)
        #expect(try await database.wake(at: Self.day(3, month: 5)) == 1)
        #expect(try await database.invoices().count == 2)
        try await database.cancel(.now, at: Self.day(3, month: 5))
    }

    @Test func `a purged organization is gone, and its invoices are kept`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR"), at: Self.start)
        try await database.move(to: "pro", at: Self.start)
        try await database.hear(
            [
                .handMade(
                    OrganizationPurged(organizationId: acme.organizationId), from: "organization", position: 2,
                    subject: acme.organizationId, organization: acme.organizationId)
            ], at: Self.day(10))
        #expect(try await database.fetchOne("select count(*) from subscriptions", as: Int.self) == 0)
        #expect(try await database.invoices().count == 1)
        await #expect(throws: BillingError.organizationDeleted("acme")) { try await database.subscribe("pro", at: Self.day(11)) }
        #expect(try await database.wake(at: Self.day(2, month: 5)) == 1)
        #expect(try await database.invoices().count == 1)
    }

    @Test func `new organizations pay at once, or try, where the default plan is such a one`() async throws {
        let database = try await connect()
        for (number, trialDays) in [(UInt64(1), 0), (2, 14)] {
            try await database.execute("update plans set is_default = false, slug = slug || 'x'")
            let draft = PlanDraft(
                slug: "start", name: "Start", isDefault: true, price: try Money(text: "30 EUR"), period: .month, entitlements: [],
                trialDays: trialDays)
            try await database.createPlan(draft)
            let told = try await database.hear([.created(.numbered(number), position: Int64(number), at: Self.start)], at: Self.day(3))
            let subscription = try await database.subscription(of: .numbered(number))
            #expect(subscription.trialEnd == (trialDays == 0 ? nil : Self.day(15)) && subscription.periodStart == Self.start)
            #expect(told.map(\.type.name).contains("saas.invoice.finalized") == (trialDays == 0))
            #expect(told.allSatisfy { $0.cause?.eventId == told[0].cause?.eventId && $0.cause != nil })
            #expect(try await database.invoices(of: .numbered(number)).count == (trialDays == 0 ? 1 : 0))
            #expect(
                try await database.fetch("select due_at from due where subject = \(subscription.id)", as: Timestamp.self) == [
                    subscription.periodEnd
                ])
        }
    }

    @Test func `a subscription that costs nothing is shown in the period that has come`() async throws {
        let database = try await connect()
        try await database.prepareAcme(at: Timestamp(year: 2026, month: 1, day: 31))
        let shown = try await database.session {
            try BillingService.subscription(of: acme.organizationId, label: "acme", at: Self.day(1, month: 3), in: $0)
        }
        #expect(shown.periodStart == Self.day(28, month: 2) && shown.periodEnd == Self.day(31, month: 3))
        #expect(try await database.fetchOne("select count(*) from due", as: Int.self) == 0)
        let listed = try await database.session { try SubscriptionService.list(limit: 10, at: Self.day(1, month: 3), in: $0) }
        #expect(listed.items == [shown])
    }

    @Test func `subscriptions are listed by state, organization and plan`() async throws {
        let database = try await connect()
        try await database.prepareAcme(.priced("pro", "30 EUR"), at: Self.start)
        try await database.hear([.created(.numbered(0xB), position: 2, at: Self.start)], at: Self.day(2))
        try await database.move(to: "pro", at: Self.day(2))
        try await database.cancel(.now, at: Self.day(3))
        func list(_ status: Subscription.Status?, of id: UUID? = nil, on plan: String? = nil) async throws -> [UUID] {
            try await database.session {
                try SubscriptionService.list(status, of: id, on: plan, limit: 10, at: Self.day(4), in: $0).items.map(\.organizationId)
            }
        }
        #expect(try await list(nil) == [.numbered(0xB), acme.organizationId])
        #expect(try await list(.active) == [.numbered(0xB)])
        #expect(try await list(.cancelled) == [acme.organizationId])
        #expect(try await list(nil, of: acme.organizationId) == [acme.organizationId])
        #expect(try await list(nil, on: "free") == [.numbered(0xB)])
    }
}

extension Sequence where Element: Sendable {
    fileprivate func asyncMap<Other>(_ transform: (Element) async throws -> Other) async throws -> [Other] {
        var mapped: [Other] = []
        for element in self { mapped.append(try await transform(element)) }
        return mapped
    }
}
