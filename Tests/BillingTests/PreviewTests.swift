import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport
import Testing

@testable import Billing

/// What was foreseen is what happens, to the cent, at the same instant.
@Suite(.databases("billing"), .hangLimit) struct PreviewTests {
    private static let start = Timestamp(year: 2026, month: 1, day: 31, hour: 9)
    private static let plans = ["free", "p7", "p19", "p19y", "p240y", "trial", "j1000", "k9"]

    private func prepare(_ database: Connection) async throws {
        try await database.prepareAcme(
            .priced("p7", "7.77 EUR", projects: 7), .priced("p19", "19.99 EUR", projects: 19), .priced("p19y", "199.90 EUR", .year),
            .priced("p240y", "240 EUR", .year), .priced("trial", "33.33 EUR", trialDays: 14), .priced("j1000", "1000 JPY"),
            .priced("k9", "9.999 KWD"), at: Self.start)
    }

    private func foreseen(_ plan: String, _ time: ChangeTime?, at now: Timestamp, on database: Connection) async -> Result<
        SubscriptionPreview, any Error
    > {
        do {
            return .success(
                try await database.session { try SubscriptionService.preview(of: plan, time, for: acme, at: now, in: $0) })
        } catch { return .failure(error) }
    }

    /// One deed at an instant; what it comes to was foreseen.
    private func deed(_ random: inout SeededGenerator, at now: Timestamp, on database: Connection) async throws {
        let active = try await database.subscription(of: acme.organizationId).status == .active
        let before = try await database.invoices()
        if random.happens(20) {
            let bills = try await database.session { try InvoiceService.preview(for: acme, until: now, at: Self.start, in: $0) }
            try await database.wake(at: now)
            #expect(try await database.invoices().dropFirst(before.count).map { try $0.bill } == bills, "due at \(now)")
        } else if random.happens(12), active {
            try await database.cancel(random.happens(50) ? .now : .periodEnd, at: now)
        } else {
            let plan = Self.plans.randomElement(using: &random) ?? "free"
            let time: ChangeTime? = random.pick(nil, nil, .now, .periodEnd)
            let preview = await foreseen(plan, time, at: now, on: database)
            do {
                let stillActive =
                    try await database.session { try HeldContract.look(at: acme, in: $0, at: now).contract?.status } == .active
                let changed =
                    if stillActive { try await database.move(to: plan, time, at: now) } else { try await database.subscribe(plan, at: now) }
                let foreseen = try preview.get()
                #expect(
                    try await database.invoices().dropFirst(before.count).map { try $0.bill } == foreseen.invoices, "\(plan) at \(now)")
                #expect(changed.value.trialEnd.map { $0 > now } ?? false ? changed.value.trialEnd == foreseen.trialEnd : true)
                let next = try await database.session { try InvoiceService.preview(for: acme, until: nil, at: now, in: $0) }
                #expect(next.first == foreseen.nextInvoice)
            } catch let error as BillingError {
                // What is refused was foreseen to be.
                guard case .failure(let refusal as BillingError) = preview else { throw error }
                #expect(refusal == error)
            }
        }
    }

    @Test(arguments: 0..<20) func `over many lives, previews and invoices agree`(life: Int) async throws {
        let database = try await connect()
        try await prepare(database)
        var random = SeededGenerator(seed: UInt64(7_000 + life))
        var now = Self.start
        for _ in 0..<25 {
            // Within a day, within a period, and beyond several.
            let seconds = random.pick(3_600, 86_400, 5 * 86_400, 17 * 86_400, 40 * 86_400, 200 * 86_400)
            now = now.advanced(by: .seconds(Int.random(in: 1...seconds, using: &random)))
            try await deed(&random, at: now, on: database)
        }
        // The numbers have no gap, each period of a subscription is billed once, and no invoice mixes currencies.
        let invoices = try await database.invoices()
        #expect(invoices.map(\.number) == Array(1..<Int64(invoices.count + 1)))
        #expect(invoices.allSatisfy { invoice in invoice.lines.allSatisfy { $0.amount.currency == invoice.total.currency } })
        let renewals = invoices.filter { $0.cause == .renewal }.map { "\($0.subscriptionId) \($0.periodStart)" }
        #expect(Set(renewals).count == renewals.count)
        // What was granted last is what the plan grants.
        let subscription = try await database.subscription(of: acme.organizationId)
        let granted = try await database.entitlements(of: acme.organizationId).map(\.key)
        let plan = try await database.session { try PlanService.find(subscription.plan.slug, in: $0) }
        #expect(granted == (subscription.status == .active ? plan.currentVersion.entitlements.map(\.key) : []))
    }

    @Test func `looking changes nothing, and fails as the deed would`() async throws {
        let database = try await connect()
        try await prepare(database)
        try await database.move(to: "p7", at: Self.start)
        let before = try await TestDatabases.current.contents()
        let later = Self.start.advanced(by: .seconds(100 * 86_400))
        _ = try await foreseen("p19", nil, at: later, on: database).get()
        _ = try await database.session { try InvoiceService.preview(for: acme, until: later, at: Self.start, in: $0) }
        await #expect(throws: BillingError.currencyMismatch("EUR", "JPY")) {
            try await foreseen("j1000", nil, at: later, on: database).get()
        }
        await #expect(throws: BillingError.planNotFound("nosuch")) { try await foreseen("nosuch", nil, at: later, on: database).get() }
        await #expect(throws: BillingError.outlookTooLong) {
            try await database.session {
                try InvoiceService.preview(for: acme, until: Timestamp(year: 2037, month: 1, day: 1), at: Self.start, in: $0)
            }
        }
        #expect(try await TestDatabases.current.contents() == before)
    }
}
