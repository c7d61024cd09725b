import BillingEvents
import FoundationEssentials
public import Kernel
public import Outbox
public import Postgres

/// The rules of plans. Every function runs in the caller's transaction and commits nothing.
public enum PlanService {
    /// Creates a plan with its first version.
    ///
    /// - Throws: ``BillingError/planExists(_:)`` for a taken slug and for a second default plan, ``BillingError/planInvalid(_:)``, `MoneyError`.
    public static func create(_ draft: PlanDraft, in session: Session, context: OperationContext) throws -> Change<Plan> {
        try draft.validate()
        guard let created = try insert(draft, in: session, context: context) else { throw BillingError.planExists(draft.slug) }
        return created
    }

    /// Creates a plan, or gives the one of that slug another version: who subscribes from now on gets that one, who has stays on the version they took.
    /// A plan that is so already stays as it is.
    ///
    /// - Parameter name: `nil` to keep the plan's name; a new plan then goes by its slug.
    /// - Throws: ``BillingError/planRetired(_:)``, ``BillingError/planInvalid(_:)``, `MoneyError`.
    public static func publish(
        _ draft: PlanDraft, name: String?, in session: Session, context: OperationContext
    ) throws -> Change<Plan> {
        try draft.validate()
        if try session.first(PlanQueries.lock(slug: draft.slug)) == nil {
            if let created = try insert(draft, in: session, context: context) { return created }
            // Somebody has created it in between; the insertion has waited for that.
            _ = try session.first(PlanQueries.lock(slug: draft.slug))
        }
        guard let plan = try session.first(PlanQueries.find(slug: draft.slug)) else { throw BillingError.planExists(draft.slug) }
        guard plan.status == .active else { throw BillingError.planRetired(draft.slug) }
        let name = name ?? plan.name
        guard name != plan.name || !draft.equals(plan.currentVersion) else { return Change(plan) }
        let versionId = context.newId()
        let number = plan.currentVersion.number + 1
        let (numbered, _, _, stored) = try session.pipeline(
            PlanQueries.noteVersion(of: plan.id, name: name),
            PlanQueries.insertVersion(draft, id: versionId, planId: plan.id, number: number, at: context.now),
            PlanQueries.insertEntitlements(draft.entitlements, planVersionId: versionId), PlanQueries.find(slug: draft.slug))
        guard let sequence = numbered.first, let changed = stored.first else { throw BillingError.planNotFound(draft.slug) }
        return Change(
            changed, rows: [try ChangedRow(.update, "plans", changed), try ChangedRow(.insert, "plan_versions", changed.currentVersion)],
            events: [
                try PendingEvent(published(changed), subject: plan.id, sequence: sequence, organization: nil)
            ])
    }

    /// Keeps everybody from subscribing to a plan from now on; who has stays on it. One that is retired already stays so.
    ///
    /// - Throws: ``BillingError/planNotFound(_:)``, ``BillingError/planIsDefault(_:)``.
    public static func retire(_ slug: String, in session: Session, context: OperationContext) throws -> Change<Plan> {
        guard let id = try session.first(PlanQueries.lock(slug: slug)) else { throw BillingError.planNotFound(slug) }
        let plan = try find(slug, in: session)
        guard plan.status == .active else { return Change(plan) }
        guard !plan.isDefault else { throw BillingError.planIsDefault(slug) }
        let sequence = try session.one(PlanQueries.retire(id))
        let retired = try find(slug, in: session)
        return Change(
            retired, rows: [try ChangedRow(.update, "plans", retired)],
            events: [try PendingEvent(PlanRetired(planId: id), subject: id, sequence: sequence, organization: nil)])
    }

    /// - Parameter version: as which of its versions has it; `nil` for the newest.
    /// - Throws: ``BillingError/planNotFound(_:)``, ``BillingError/planVersionNotFound(_:_:)``.
    public static func find(_ slug: String, version: Int? = nil, in session: Session) throws -> Plan {
        guard let newest = try session.first(PlanQueries.find(slug: slug)) else { throw BillingError.planNotFound(slug) }
        guard let version, version != newest.currentVersion.number else { return newest }
        // No number of a version is larger than what the column holds.
        guard (1...newest.currentVersion.number).contains(version),
            let older = try session.first(PlanQueries.find(slug: slug, version: version))
        else { throw BillingError.planVersionNotFound(slug, version) }
        return older
    }

    /// - Returns: `nil` where no plan has this slug.
    public static func plan(slug: String, in session: Session) throws -> Plan? {
        try session.first(PlanQueries.find(slug: slug))
    }

    /// One page of plans, newest first.
    ///
    /// - Parameter status: only those in this state; `nil` for all.
    public static func list(
        _ status: Plan.Status? = .active, before cursor: PageCursor? = nil, limit: Int, in session: Session
    ) throws -> Page<Plan> {
        let rows = try session.all(PlanQueries.list(status, before: cursor, limit: limit + 1))
        return Page(rows, limit: limit) { PageCursor(time: $0.createdAt, id: $0.id) }
    }

    /// - Returns: `nil` where the slug is taken, or there is a default plan and this was to be it.
    private static func insert(_ draft: PlanDraft, in session: Session, context: OperationContext) throws -> Change<Plan>? {
        let planId = context.newId()
        let versionId = context.newId()
        let (inserted, _, _, stored) = try session.pipeline(
            PlanQueries.insert(draft, id: planId, events: 2, at: context.now),
            PlanQueries.insertVersion(draft, id: versionId, planId: planId, number: 1, at: context.now),
            PlanQueries.insertEntitlements(draft.entitlements, planVersionId: versionId), PlanQueries.find(slug: draft.slug))
        guard inserted.first != nil, let plan = stored.first else { return nil }
        return Change(
            plan, rows: [try ChangedRow(.insert, "plans", plan), try ChangedRow(.insert, "plan_versions", plan.currentVersion)],
            events: [
                try PendingEvent(PlanCreated(planId: planId, slug: draft.slug), subject: planId, sequence: 1, organization: nil),
                try PendingEvent(published(plan), subject: planId, sequence: 2, organization: nil),
            ])
    }

    private static func published(_ plan: Plan) -> PlanVersionPublished {
        let version = plan.currentVersion
        return PlanVersionPublished(
            planId: plan.id, planVersionId: version.id, number: version.number, price: version.price, period: version.period,
            trialDays: version.trialDays)
    }
}

extension PlanDraft {
    fileprivate func equals(_ version: PlanVersion) -> Bool {
        price == version.price && period == version.period && trialDays == version.trialDays
            && Set(entitlements) == Set(version.entitlements)
    }
}
