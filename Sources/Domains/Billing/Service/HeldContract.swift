import BillingEvents
import FoundationEssentials
import Kernel
import Outbox
import Postgres

/// An organization's newest subscription, its account locked until the transaction ends, and caught up with: whoever changes it comes one after the
/// other, and what was to happen before has happened before.
struct HeldContract {
    let organizationId: UUID
    /// `nil` where the organization never had one.
    let contract: Contract?
    /// What its plan grants as it is stored; `nil` where it is not active.
    private let granted: [EntitlementGrant]?
    /// When something was to happen by itself, as it is stored.
    private let wakesAt: Timestamp?
    /// How many events of it there are.
    private let sequence: Int64

    /// - Throws: ``BillingError/noEntitlements(_:)``, ``BillingError/organizationDeleted(_:)``.
    static func take(
        _ subscriber: SubscriptionService.Subscriber, in session: Session, at now: Timestamp
    ) throws -> HeldContract {
        try find(subscriber, isLocking: true, in: session, at: now)
    }

    /// The same without locks, to look at.
    static func look(at subscriber: SubscriptionService.Subscriber, in session: Session, at now: Timestamp) throws -> HeldContract {
        try find(subscriber, isLocking: false, in: session, at: now)
    }

    private static func find(
        _ subscriber: SubscriptionService.Subscriber, isLocking: Bool, in session: Session, at now: Timestamp
    ) throws -> HeldContract {
        guard let account = try session.first(ContractQueries.account(of: subscriber.organizationId, isLocking: isLocking)) else {
            throw BillingError.noEntitlements(subscriber.label)
        }
        guard !account.isClosed else { throw BillingError.organizationDeleted(subscriber.label) }
        guard let stored = try session.first(ContractQueries.newest(of: subscriber.organizationId, isLocking: isLocking)) else {
            return HeldContract(nobodys: subscriber.organizationId)
        }
        return try HeldContract(stored, in: session, at: now)
    }

    private init(nobodys organizationId: UUID) {
        self.organizationId = organizationId
        contract = nil
        granted = nil
        wakesAt = nil
        sequence = 0
    }

    /// - Parameter stored: locked, with its account, by whoever wants to store what comes of it.
    init(_ stored: ContractQueries.StoredContract, in session: Session, at now: Timestamp) throws {
        let offers = try Offer.versions([stored.versionId] + [stored.nextVersionId].compactMap { $0 }, in: session)
        func offer(_ id: UUID) throws -> Offer {
            guard let offer = offers[id] else { throw BillingError.planNotFound(id.text) }
            return offer
        }
        let next: Contract.Next =
            if stored.endsWithPeriod { .end } else if let id = stored.nextVersionId { .change(try offer(id)) } else { .renewal }
        var contract = Contract(
            id: stored.id, organizationId: stored.organizationId, status: stored.status, offer: try offer(stored.versionId),
            anchor: stored.anchor, period: stored.period, trialEnd: stored.trialEnd, next: next, endedAt: stored.endedAt)
        organizationId = stored.organizationId
        granted = contract.status == .active ? contract.offer.version.entitlements : nil
        wakesAt = contract.wakesAt
        sequence = stored.sequence
        try contract.catchUp(to: now)
        self.contract = contract
    }

    /// - Throws: ``BillingError/noActiveSubscription(_:)``.
    func active(_ subscriber: SubscriptionService.Subscriber) throws -> Contract {
        guard let contract, contract.status == .active else { throw BillingError.noActiveSubscription(subscriber.label) }
        return contract
    }

    /// Subscribes the organization, whose last subscription is over.
    ///
    /// - Throws: ``BillingError/subscriptionExists(_:plan:)`` where somebody who does not lock the account was faster.
    func begin(_ offer: Offer, in session: Session, context: OperationContext) throws -> Change<Subscription> {
        // What was over unnoticed ends first.
        let former = try contract.flatMap { $0.events.isEmpty ? nil : try store($0, in: session, context: context) }
        let contract = try Contract(id: context.newId(), organizationId: organizationId, offer: offer, startingAt: context.now)
        guard try session.first(BillingQueries.insertSubscriptions([contract], at: context.now)) != nil else {
            throw BillingError.subscriptionExists(organizationId.text, plan: offer.slug)
        }
        let change = try finish(
            contract, behind: 0, wokeAt: nil, granted: nil, .insert, in: session, context: context)
        return Change(change.value, rows: (former?.rows ?? []) + change.rows, events: (former?.events ?? []) + change.events)
    }

    /// Stores what has come of the contract; nothing where nothing has.
    func store(_ contract: Contract, in session: Session, context: OperationContext) throws -> Change<Subscription> {
        guard !contract.events.isEmpty else { return Change(try session.one(BillingQueries.subscription(id: contract.id))) }
        try session.run(ContractQueries.update(contract, at: context.now))
        return try finish(contract, behind: sequence, wokeAt: wakesAt, granted: granted, .update, in: session, context: context)
    }

    private func finish(
        _ contract: Contract, behind sequence: Int64, wokeAt: Timestamp?, granted: [EntitlementGrant]?, _ operation: ChangedRow.Operation,
        in session: Session, context: OperationContext
    ) throws -> Change<Subscription> {
        let subscription = try session.one(BillingQueries.subscription(id: contract.id))
        var rows = [try ChangedRow(operation, "subscriptions", subscription)]
        var events = try PendingEvent.numbered(
            contract.events, behind: sequence, subject: contract.id, organization: contract.organizationId)
        for bill in contract.bills {
            let invoice = try InvoiceLedger.issue(bill, of: contract, in: session, context: context)
            rows += invoice.rows
            events += invoice.events
        }
        let grants = contract.status == .active ? contract.offer.version.entitlements : nil
        if grants.map({ Set($0) }) != granted.map({ Set($0) }) || operation == .insert {
            events.append(try grant(grants, in: session, context: context))
        }
        if let wakesAt = contract.wakesAt, wakesAt != wokeAt {
            try DueStore.schedule(
                SubscriptionService.renewalKind, contract.id, at: wakesAt, in: session, correlation: context.correlationId,
                id: context.newId())
        }
        return Change(subscription, rows: rows, events: events)
    }

    /// Tells the whole set of what may be used: what the plan grants, and what was agreed beside or instead of that.
    func grant(_ planned: [EntitlementGrant]?, in session: Session, context: OperationContext) throws -> PendingEvent {
        let grants = try planned.map { $0.overridden(by: try session.all(UsageQueries.overrides(of: organizationId))) } ?? []
        let (sets, _, _) = try session.pipeline(
            BillingQueries.replaceEntitlementSets(organizations: [organizationId], at: context.now),
            BillingQueries.deleteEntitlements(of: [organizationId]),
            BillingQueries.insertEntitlements(grants, organizations: [organizationId]))
        guard let set = sets.first else { throw BillingError.noEntitlements(organizationId.text) }
        return try PendingEvent(
            EntitlementsUpdated(organizationId: organizationId, version: set.version, entitlements: grants), subject: organizationId,
            sequence: set.sequence, organization: organizationId)
    }
}

extension Offer {
    init(_ plan: Plan) {
        self.init(planId: plan.id, slug: plan.slug, version: plan.currentVersion)
    }

    /// A plan as somebody who subscribes gets it.
    ///
    /// - Parameter isLocking: keeps it from being retired until the transaction ends.
    /// - Throws: ``BillingError/planNotFound(_:)``, ``BillingError/planRetired(_:)``.
    static func current(_ slug: String, isLocking: Bool, in session: Session) throws -> Offer {
        if isLocking { _ = try session.first(PlanQueries.hold(slug: slug)) }
        let plan = try PlanService.find(slug, in: session)
        guard plan.status == .active else { throw BillingError.planRetired(slug) }
        return Offer(plan)
    }

    /// The same for who has a subscription: also the plan that they have, in its newest version, after it was retired.
    static func wanted(_ slug: String, by contract: Contract, isLocking: Bool, in session: Session) throws -> Offer {
        guard slug == contract.offer.slug else { return try current(slug, isLocking: isLocking, in: session) }
        let plan = try PlanService.find(slug, in: session)
        return plan.status == .active ? Offer(plan) : contract.offer
    }

    static func versions(_ ids: [UUID], in session: Session) throws -> [UUID: Offer] {
        Dictionary(try session.all(PlanQueries.versions(ids)).map { ($0.currentVersion.id, Offer($0)) }) { first, _ in first }
    }
}
