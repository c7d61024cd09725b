import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres
import TestSupport

@testable import Billing

let acme = SubscriptionService.Subscriber(organizationId: .numbered(0xA), label: "acme")

extension PlanDraft {
    /// `pro`, `30.00 EUR`, …
    static func priced(
        _ slug: String, _ price: String, _ period: BillingPeriod = .month, trialDays: Int = 0, projects: Int64? = nil
    ) throws -> PlanDraft {
        PlanDraft(
            slug: slug, name: slug, isDefault: false, price: try Money(text: price), period: period,
            entitlements: projects.map { [EntitlementGrant(key: "projects", kind: .static, quantity: $0)] } ?? [], trialDays: trialDays)
    }
}

extension Connection {
    /// Makes the free plan and these, and subscribes `acme` to the free one.
    func prepareAcme(_ plans: PlanDraft..., at start: Timestamp = OperationContext.ofTest().now) async throws {
        try await createPlan(.free)
        for plan in plans { try await createPlan(plan) }
        try await hear([.created(acme.organizationId, position: 1, at: start)], at: start)
    }

    func subscribe(
        _ plan: String, for subscriber: SubscriptionService.Subscriber = acme, at now: Timestamp
    ) async throws -> Change<Subscription> {
        try await change("billing", .ofTest(at: now)) { try SubscriptionService.create(on: plan, for: subscriber, in: $0, context: $1) }
    }

    @discardableResult
    func move(
        to plan: String, _ time: ChangeTime? = nil, for subscriber: SubscriptionService.Subscriber = acme, at now: Timestamp
    ) async throws -> Change<Subscription> {
        try await change("billing", .ofTest(at: now)) {
            try SubscriptionService.change(to: plan, time, for: subscriber, in: $0, context: $1)
        }
    }

    @discardableResult
    func cancel(
        _ time: ChangeTime, for subscriber: SubscriptionService.Subscriber = acme, at now: Timestamp
    ) async throws -> Change<Subscription> {
        try await change("billing", .ofTest(at: now)) { try SubscriptionService.cancel(time, for: subscriber, in: $0, context: $1) }
    }

    /// Does what is due, as a worker does.
    @discardableResult
    func wake(at now: Timestamp) async throws -> Int {
        try await transaction { session in
            let entries = try DueStore.claim([SubscriptionService.renewalKind], at: now, limit: 1_000, in: session) ?? []
            try SubscriptionService.renewal.perform(entries, of: "billing", at: now, in: session)
            return entries.count
        }
    }

    /// Oldest first.
    func invoices(of organization: UUID = acme.organizationId) async throws -> [Invoice] {
        try await session { try InvoiceService.list(of: organization, limit: 1_000, in: $0).items }.sorted { $0.number < $1.number }
    }
}

extension Invoice {
    /// What it was made of.
    var bill: Bill {
        get throws {
            let bill = try Bill(cause, for: PaidPeriod(start: periodStart, end: periodEnd), lines)
            guard let bill, bill.total == total, bill.kind == kind else { throw BillingError.invoiceNotFound(id.text) }
            return bill
        }
    }
}
