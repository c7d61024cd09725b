import BillingEvents
public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// The rules of subscriptions. Every function that changes one runs in the caller's transaction, locks the organization's account first, does what was
/// due before that instant, and commits nothing.
public enum SubscriptionService {
    /// Whose subscription it is.
    public struct Subscriber: Sendable {
        public let organizationId: UUID
        /// What the user called the organization, for errors.
        public let label: String

        public init(organizationId: UUID, label: String) {
            self.organizationId = organizationId
            self.label = label
        }
    }

    /// Subscribes an organization that has no active subscription to the newest version of a plan, from now on.
    ///
    /// - Throws: ``BillingError/subscriptionExists(_:plan:)``, also where a concurrent one wins; ``BillingError/planNotFound(_:)``,
    ///   ``BillingError/planRetired(_:)``, ``BillingError/noEntitlements(_:)``, ``BillingError/organizationDeleted(_:)``.
    public static func create(
        on plan: String, for subscriber: Subscriber, in session: Session, context: OperationContext
    ) throws -> Change<Subscription> {
        let held = try HeldContract.take(subscriber, in: session, at: context.now)
        let offer = try Offer.current(plan, isLocking: true, in: session)
        guard held.contract?.status != .active else { return try refuse(subscriber, in: session) }
        return try held.begin(offer, in: session, context: context)
    }

    private static func refuse(_ subscriber: Subscriber, in session: Session) throws -> Change<Subscription> {
        let existing = try BillingService.subscription(of: subscriber.organizationId, label: subscriber.label, in: session)
        throw BillingError.subscriptionExists(subscriber.label, plan: existing.plan.slug)
    }

    /// Gives the subscriber the newest version of a plan. The plan that they have already, in that version, stays, and what was to happen at the end of the
    /// period is taken back.
    ///
    /// - Parameter time: `nil` for what the rules say: a plan of a higher monthly value at once, another at the end of the period.
    /// - Throws: as ``create(on:for:in:context:)``; ``BillingError/noActiveSubscription(_:)``, ``BillingError/currencyMismatch(_:_:)``.
    public static func change(
        to plan: String, _ time: ChangeTime?, for subscriber: Subscriber, in session: Session, context: OperationContext
    ) throws -> Change<Subscription> {
        let held = try HeldContract.take(subscriber, in: session, at: context.now)
        var contract = try held.active(subscriber)
        _ = try contract.change(
            to: try Offer.wanted(plan, by: contract, isLocking: true, in: session), time, at: context.now)
        return try held.store(contract, in: session, context: context)
    }

    /// Ends the subscription. One that has ended, or is to end then, stays as it is.
    ///
    /// - Throws: ``BillingError/noSubscription(_:)``, ``BillingError/noEntitlements(_:)``, ``BillingError/organizationDeleted(_:)``.
    public static func cancel(
        _ time: ChangeTime, for subscriber: Subscriber, in session: Session, context: OperationContext
    ) throws -> Change<Subscription> {
        let held = try HeldContract.take(subscriber, in: session, at: context.now)
        guard var contract = held.contract else { throw BillingError.noSubscription(subscriber.label) }
        if contract.status == .active { _ = try contract.cancel(time, at: context.now) }
        return try held.store(contract, in: session, context: context)
    }

    /// One page of subscriptions, newest first.
    ///
    /// - Parameters:
    ///   - status: only those in this state.
    ///   - organizationId: only this organization's.
    ///   - plan: only those of this plan, in any of its versions.
    ///   - now: in whose periods they are shown.
    public static func list(
        _ status: Subscription.Status? = .active, of organizationId: UUID? = nil, on plan: String? = nil, before cursor: PageCursor? = nil,
        limit: Int, at now: Timestamp, in session: Session
    ) throws -> Page<Subscription> {
        let rows = try session.all(
            BillingQueries.list(status, organizationId: organizationId, plan: plan, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }.map { $0.passed(to: now) }
    }

    static let renewalKind = "subscription_renewal"

    /// Does what is due of subscriptions at the ends of periods: all that was missed of each, in order, each once.
    static let renewal = ServiceTimer(renewalKind) { fired, session in
        guard let now = fired.first?.context.now else { return [] }
        var held = try HeldContract.take(ids: fired.map(\.entry.subject), in: session, at: now)
        // What is due twice of one is done for the first entry.
        let results = fired.map { fired in
            held.removeValue(forKey: fired.entry.subject).flatMap { $0.result(in: fired.context) }
        }
        var stored = try ContractLedger.store(results.compactMap { $0 }, in: session)[...]
        return results.map { $0 == nil ? [] : stored.popFirst()?.events ?? [] }
    }
}
