public import BillingEvents
import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// Whether something may be used, and what is agreed with an organization beside its plan.
public enum EntitlementService {
    /// - Parameters:
    ///   - quantity: how much more of a metered entitlement; of a static one, how many there would be.
    /// - Throws: ``BillingError/noEntitlements(_:)``, ``BillingError/organizationDeleted(_:)``.
    public static func verdict(
        on key: String, quantity: Int64, for subscriber: SubscriptionService.Subscriber, at now: Timestamp, in session: Session
    ) throws -> EntitlementVerdict {
        let contract = try HeldContract.look(at: subscriber, in: session, at: now).contract.flatMap { $0.status == .active ? $0 : nil }
        let override = try session.all(UsageQueries.overrides(of: [subscriber.organizationId])).map(\.grant).first { $0.key == key }
        let planGrant = contract?.offer.version.entitlements.first { $0.key == key }
        let grant = contract == nil ? nil : override ?? planGrant
        var used: Int64?
        var period: PaidPeriod?
        if let contract, grant?.kind == .metered {
            let current = contract.usagePeriod(at: now)
            period = current
            used = try session.one(UsageQueries.used(key, organizationId: subscriber.organizationId, in: current)).used
        }
        let reason = contract == nil ? .noSubscription : reason(grant, used: used ?? 0, quantity: quantity)
        return EntitlementVerdict(
            organizationId: subscriber.organizationId, key: key, isAllowed: reason.allows, reason: reason, quantity: quantity,
            kind: grant?.kind, limit: grant?.quantity, isSoft: grant?.isSoft == true, used: used, periodStart: period?.start,
            periodEnd: period?.end,
            plan: contract.map {
                Subscription.PlanReference(id: $0.offer.planId, slug: $0.offer.slug, version: $0.offer.version.number)
            }, planGrant: planGrant.map(Entitlement.init), override: override.map(Entitlement.init))
    }

    private static func reason(_ grant: EntitlementGrant?, used: Int64, quantity: Int64) -> EntitlementVerdict.Reason {
        guard let grant else { return .notGranted }
        guard grant.kind != .boolean else { return .granted }
        guard let limit = grant.quantity else { return .unlimited }
        // What is left, so that no sum can go beyond the range.
        guard quantity > limit - used else { return .withinLimit }
        return grant.isSoft == true ? .beyondSoftLimit : .beyondHardLimit
    }

    /// Grants an organization something beside its plan, or instead of what that says, or takes that back. It counts as long as there is an active
    /// subscription.
    ///
    /// - Parameter grant: `nil` to take it back.
    /// - Throws: ``BillingError/planInvalid(_:)``, ``BillingError/entitlementKind(_:granted:wanted:)`` for what is granted as something of another kind,
    ///   ``BillingError/noEntitlements(_:)``, ``BillingError/organizationDeleted(_:)``.
    public static func override(
        _ key: String, by grant: EntitlementGrant?, for subscriber: SubscriptionService.Subscriber, in session: Session,
        context: OperationContext
    ) throws -> Change<EntitlementVerdict> {
        try PlanDraft.validate([grant ?? EntitlementGrant(key: key, kind: .boolean, quantity: nil)])
        let held = try HeldContract.take(subscriber, in: session, at: context.now)
        let overdue = try held.contract.map { try held.store($0, in: session, context: context) }
        let before = try session.all(UsageQueries.overrides(of: [subscriber.organizationId])).map(\.grant).first { $0.key == key }
        let active = held.contract.flatMap { $0.status == .active ? $0 : nil }
        let granted = active?.offer.version.entitlements.first { $0.key == key } ?? before
        if let grant, let granted, granted.kind != grant.kind {
            throw BillingError.entitlementKind(key, granted: granted.kind, wanted: grant.kind)
        }
        var rows = overdue?.rows ?? []
        var events = overdue?.events ?? []
        if before != grant {
            if let grant {
                try session.run(UsageQueries.upsertOverride(grant, organizationId: subscriber.organizationId, at: context.now))
            } else {
                try session.run(UsageQueries.deleteOverride(key, organizationId: subscriber.organizationId))
            }
            let operation: ChangedRow.Operation = grant == nil ? .delete : before == nil ? .insert : .update
            rows.append(try ChangedRow(operation, "entitlement_overrides", grant ?? before))
            if let active {
                events.append(try held.grant(active.offer.version.entitlements, in: session, at: context.now))
            }
        }
        return Change(try verdict(on: key, quantity: 1, for: subscriber, at: context.now, in: session), rows: rows, events: events)
    }
}

extension EntitlementVerdict.Reason {
    fileprivate var allows: Bool {
        switch self {
        case .granted, .unlimited, .withinLimit, .beyondSoftLimit: true
        case .noSubscription, .notGranted, .beyondHardLimit: false
        }
    }
}

extension [EntitlementGrant] {
    /// The same, with what was agreed beside or instead of it.
    func overridden(by overrides: [EntitlementGrant]) -> [EntitlementGrant] {
        let keys = Set(overrides.map(\.key))
        return (filter { !keys.contains($0.key) } + overrides).sorted { $0.key < $1.key }
    }
}
