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

    /// Those of several subscriptions that are active, with their accounts.
    static func take(ids: [UUID], in session: Session, at now: Timestamp) throws -> [UUID: HeldContract] {
        let organizations = try session.all(ContractQueries.organizations(of: ids))
        let (_, locked) = try session.pipeline(ContractQueries.lockAccounts(of: organizations), ContractQueries.lockActive(ids))
        let versions = Set(locked.rows.flatMap { [$0.versionId, $0.nextVersionId].compactMap { $0 } })
        let offers = try Offer.versions(versions.sorted(), in: session)
        return Dictionary(try locked.rows.map { ($0.id, try HeldContract($0, offers: offers, at: now)) }) { first, _ in first }
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
        try self.init(stored, offers: offers, at: now)
    }

    private init(_ stored: ContractQueries.StoredContract, offers: [UUID: Offer], at now: Timestamp) throws {
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
        let result = ContractResult(contract: contract, formerGrants: nil, formerWakesAt: nil, sequence: 0, isNew: true, context: context)
        let change = try store(result, in: session)
        return Change(change.value, rows: (former?.rows ?? []) + change.rows, events: (former?.events ?? []) + change.events)
    }

    /// Stores what has come of the contract; nothing where nothing has.
    func store(_ contract: Contract, in session: Session, context: OperationContext) throws -> Change<Subscription> {
        guard !contract.events.isEmpty else { return Change(try session.one(BillingQueries.subscription(id: contract.id))) }
        return try store(result(contract, in: context), in: session)
    }

    private func store(_ result: ContractResult, in session: Session) throws -> Change<Subscription> {
        let stored = try ContractLedger.store([result], in: session)
        let subscription = try session.one(BillingQueries.subscription(id: result.contract.id))
        return Change(
            subscription,
            rows: try [ChangedRow(result.isNew ? .insert : .update, "subscriptions", subscription)]
                + stored.flatMap(\.invoices).map { try ChangedRow(.insert, "invoices", $0) },
            events: stored.flatMap(\.events))
    }

    /// What has come of it by itself until it was taken; `nil` where nothing has.
    func result(in context: OperationContext) -> ContractResult? {
        contract.flatMap { $0.events.isEmpty ? nil : result($0, in: context) }
    }

    private func result(_ contract: Contract, in context: OperationContext) -> ContractResult {
        ContractResult(
            contract: contract, formerGrants: granted, formerWakesAt: wakesAt, sequence: sequence, isNew: false, context: context)
    }

    /// Tells the whole set of what may be used: what the plan grants, and what was agreed beside or instead of that.
    func grant(_ planned: [EntitlementGrant], in session: Session, at now: Timestamp) throws -> PendingEvent {
        let told = try ContractLedger.grant([(organizationId, planned)], in: session, at: now)
        guard let event = told[organizationId] else { throw BillingError.noEntitlements(organizationId.text) }
        return event
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
