import Billing
import BillingEvents
import FoundationEssentials
import Identity
import Kernel
import Organization
import Outbox
import Postgres
import TestSupport
import Worker

/// The real services, on which the same deeds are done.
actor BillingWorld {
    private let billing: Connection
    private let owner: UUID
    private(set) var now: Timestamp
    private(set) var organizations: [Organization] = []

    init(at start: Int) async throws {
        now = Timestamp(start)
        billing = try await connect("billing")
        owner = try await System.register("ada@example.org", .ofTest(at: now)).id
    }

    func close() async { await billing.close() }

    /// - Returns: the code of the refusal; `nil` for a deed that succeeded.
    func perform(_ deed: BillingDeed, after pause: Int) async throws -> String? {
        now = now.advanced(by: .seconds(pause))
        do {
            return try await attempt(deed)
        } catch let error as any DomainError {
            return error.failure.code.name
        }
    }

    private var context: OperationContext {
        OperationContext(now: now, actor: .operatorAccount("ada"), correlationId: UUID.version7(at: now))
    }

    private func subscriber(_ place: Int) -> SubscriptionService.Subscriber {
        SubscriptionService.Subscriber(organizationId: organizations[place].id, label: organizations[place].slug)
    }

    private func attempt(_ deed: BillingDeed) async throws -> String? {
        switch deed {
        case .publish(let version):
            let draft = version.draft
            try await billing.change("billing", context) { try PlanService.publish(draft, name: nil, in: $0, context: $1) }
        case .retire(let plan):
            try await billing.change("billing", context) { try PlanService.retire(Self.slug(plan), in: $0, context: $1) }
        case .found: organizations.append(try await System.create("org-\(organizations.count)", owner: owner, context))
        case .delete(let place):
            if let failure = await run([BillingConsumer()], Self.renewals) { return failure }
            try await System.delete(organizations[place], context)
            return await work(1)
        case .restore(let place):
            try await System.restore(organizations[place], context)
            return await work(1)
        case .subscribe(let place, let plan):
            let subscriber = subscriber(place)
            try await billing.change("billing", context) {
                try SubscriptionService.create(on: Self.slug(plan), for: subscriber, in: $0, context: $1)
            }
        case .change(let place, let plan, let isNow):
            let (subscriber, time) = (subscriber(place), isNow.map { $0 ? ChangeTime.now : .periodEnd })
            try await billing.change("billing", context) {
                try SubscriptionService.change(to: Self.slug(plan), time, for: subscriber, in: $0, context: $1)
            }
        case .cancel(let place, let isNow):
            let subscriber = subscriber(place)
            try await billing.change("billing", context) {
                try SubscriptionService.cancel(isNow ? .now : .periodEnd, for: subscriber, in: $0, context: $1)
            }
        case .use(let place, let usage, let key):
            let report = UsageService.Report(
                entitlement: usage.entitlement, key: "key \(key)", quantity: Int64(usage.quantity), usedAt: usage.usedAt.map(Timestamp.init)
            )
            let subscriber = subscriber(place)
            try await billing.change("billing", context) { try UsageService.record(report, for: subscriber, in: $0, context: $1) }
        case .override(let place, let key, let grant):
            let (subscriber, grant) = (subscriber(place), grant.map { $0.granted(key) })
            try await billing.change("billing", context) {
                try EntitlementService.override(key, by: grant, for: subscriber, in: $0, context: $1)
            }
        case .credit(let place, let number, let amount):
            if let failure = await run([], Self.renewals) { return failure }
            let id = organizations[place].id
            try await billing.change("billing", context) { session, context in
                let invoice = try InvoiceService.find("\(number)", of: id, in: session)
                let back = amount.map { Money(amount: Int64($0), currency: invoice.total.currency) }
                return try InvoiceService.credit(invoice.id, back, in: session, context: context)
            }
        case .work(let workers): return await work(workers)
        }
        return nil
    }

    private static func slug(_ plan: Int) -> String { "plan-\(plan)" }

    private static var renewals: [TimedService] {
        [TimedService(service: BillingModule.module.name, timers: BillingModule.module.timers)]
    }

    /// - Returns: the code of a failure.
    private func run(_ consumers: [any Consumer], _ timed: [TimedService]) async -> String? {
        await WorkerRun(consumers: consumers, timed: timed, databases: TestWorkerDatabases(), clock: FixedClock(now))
            .untilLevel().failure?.code.name
    }

    /// - Returns: the code of a failure.
    private func work(_ workers: Int) async -> String? {
        if workers > 1 {
            await withTaskGroup { group in
                for _ in 0..<workers { group.addTask { _ = await self.run(System.consumers, System.timed) } }
            }
        }
        return await run(System.consumers, System.timed)
    }
}

extension Timestamp {
    init(_ seconds: Int) { self.init(microseconds: Int64(seconds) * 1_000_000) }
}

extension BillingModel.Version {
    fileprivate var draft: PlanDraft {
        PlanDraft(
            slug: "plan-\(plan)", name: "Plan", isDefault: plan == 0, price: Money(amount: Int64(amount), currency: currency.rawValue),
            period: months == 12 ? .year : .month, entitlements: grants.map { $1.granted($0) }, trialDays: trialDays)
    }
}

extension BillingModel.Grant {
    fileprivate func granted(_ key: String) -> EntitlementGrant {
        let kinds: [Kind: EntitlementKind] = [.boolean: .boolean, .static: .static, .metered: .metered]
        return EntitlementGrant(key: key, kind: kinds[kind] ?? .boolean, quantity: quantity.map(Int64.init), isSoft: isSoft)
    }
}
