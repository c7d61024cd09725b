import BillingEvents
public import FoundationEssentials
public import Kernel
public import Postgres

/// What a change of a subscription would come to, at one instant.
public struct SubscriptionPreview: Sendable, Hashable, Codable {
    public let organizationId: UUID
    /// What the organization would have, in which version.
    public let plan: Subscription.PlanReference
    public let price: Money
    /// When it would have it.
    public let effectiveAt: Timestamp
    /// Until when nothing would be paid, where there is a trial.
    public let trialEnd: Timestamp?
    /// What would be invoiced at once: what is overdue, and what the change takes and gives back.
    public let invoices: [Bill]
    /// What comes next, at the end of the period; `nil` where nothing does.
    public let nextInvoice: Bill?
}

extension SubscriptionService {
    /// What ``change(to:_:for:in:context:)`` would do now, or ``create(on:for:in:context:)`` where nothing is subscribed to: by the same rules, on the same
    /// rows, to the cent.
    ///
    /// - Throws: what that would throw.
    public static func preview(
        of plan: String, _ time: ChangeTime?, for subscriber: Subscriber, at now: Timestamp, in session: Session
    ) throws -> SubscriptionPreview {
        let held = try HeldContract.look(at: subscriber, in: session, at: now)
        var contract: Contract
        let offer: Offer
        var effective = now
        var overdue: [Bill] = []
        if let current = held.contract, current.status == .active {
            contract = current
            offer = try Offer.wanted(plan, by: current, isLocking: false, in: session)
            effective = try contract.change(to: offer, time, at: now)
        } else {
            offer = try Offer.current(plan, isLocking: false, in: session)
            overdue = held.contract?.bills ?? []
            contract = try Contract(id: .version7(at: now), organizationId: subscriber.organizationId, offer: offer, startingAt: now)
        }
        return SubscriptionPreview(
            organizationId: subscriber.organizationId,
            plan: Subscription.PlanReference(id: offer.planId, slug: offer.slug, version: offer.version.number), price: offer.version.price,
            effectiveAt: effective, trialEnd: contract.isInTrial(at: now) ? contract.trialEnd : nil, invoices: overdue + contract.bills,
            nextInvoice: try contract.nextBill())
    }
}

extension Contract {
    /// What is invoiced when it wakes the next time.
    func nextBill() throws -> Bill? {
        guard let wakesAt else { return nil }
        var later = self
        later.bills = []
        try later.catchUp(to: wakesAt)
        return later.bills.first
    }
}
