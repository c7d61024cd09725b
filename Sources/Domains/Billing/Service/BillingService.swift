import BillingEvents
public import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// The rules of plans, subscriptions and entitlements. Every function runs in the caller's transaction and commits nothing.
public enum BillingService {
    /// Creates a plan with its first version.
    ///
    /// - Throws: ``BillingError/planExists(_:)`` for a taken slug and for a second default plan.
    public static func createPlan(_ draft: PlanDraft, in session: Session, context: OperationContext) throws -> Change<Plan> {
        let planId = context.newId()
        let versionId = context.newId()
        let (inserted, _, _, stored) = try session.pipeline(
            BillingQueries.insertPlan(draft, id: planId, events: 2, at: context.now),
            BillingQueries.insertPlanVersion(draft, id: versionId, planId: planId, number: 1, at: context.now),
            BillingQueries.insertPlanEntitlements(draft.entitlements, planVersionId: versionId),
            BillingQueries.plan(slug: draft.slug))
        guard !inserted.rows.isEmpty, let plan = stored.rows.first else { throw BillingError.planExists(draft.slug) }
        let created = PlanCreated(planId: planId, slug: draft.slug)
        let published = PlanVersionPublished(
            planId: planId, planVersionId: versionId, number: 1, price: draft.price, period: draft.period)
        return Change(
            plan, rows: [try ChangedRow(.insert, "plans", plan), try ChangedRow(.insert, "plan_versions", plan.currentVersion)],
            events: [
                try PendingEvent(created, subject: planId, sequence: 1, organization: nil),
                try PendingEvent(published, subject: planId, sequence: 2, organization: nil),
            ])
    }

    /// - Returns: `nil` where no plan has this slug.
    public static func plan(slug: String, in session: Session) throws -> Plan? {
        try session.first(BillingQueries.plan(slug: slug))
    }

    /// - Parameter label: what the user called the organization, for the error.
    /// - Throws: ``BillingError/noSubscription(_:)``.
    public static func subscription(of organizationId: UUID, label: String, in session: Session) throws -> Subscription {
        guard let found = try session.first(BillingQueries.subscription(organizationId: organizationId)) else {
            throw BillingError.noSubscription(label)
        }
        return found
    }

    /// - Parameter label: what the user called the organization, for the error.
    /// - Throws: ``BillingError/noEntitlements(_:)`` where billing has not heard of the organization; an empty set is no error.
    public static func entitlements(of organizationId: UUID, label: String, in session: Session) throws -> [Entitlement] {
        let (set, entitlements) = try session.pipeline(
            BillingQueries.entitlementSet(organizationId: organizationId), BillingQueries.entitlements(organizationId: organizationId))
        guard !set.rows.isEmpty else { throw BillingError.noEntitlements(label) }
        return entitlements.rows
    }
}
