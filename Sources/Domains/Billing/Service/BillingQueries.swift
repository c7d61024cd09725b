import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of subscriptions and entitlements.
enum BillingQueries {
    // MARK: Subscriptions

    /// Inserts those of the subscriptions whose organization has no active one; gives back the ids of those inserted. The events that tell of their
    /// beginnings are counted already. One that began before anybody could store it is as old as its first period.
    static func insertSubscriptions(_ new: [Contract], at now: Timestamp) -> Query<UUID> {
        Query(
            """
            insert into subscriptions (id, organization_id, plan_version_id, status, anchor, period_start, period_end, trial_end, event_sequence,
                created_at, updated_at)
            select s.id, s.organization_id, s.plan_version_id, 'active', s.anchor, s.period_start, s.period_end, s.trial_end, s.events,
                least(s.period_start, \(now)), \(now)
            from unnest(\(new.map(\.id)), \(new.map(\.organizationId)), \(new.map(\.offer.version.id)), \(new.map(\.anchor)),
                \(new.map(\.period.start)), \(new.map(\.period.end)), \(new.map(\.trialEnd)), \(new.map { Int64($0.events.count) }))
                as s (id, organization_id, plan_version_id, anchor, period_start, period_end, trial_end, events)
            on conflict (organization_id) where status = 'active' do nothing
            returning id
            """
        ) { try $0.get(0) }
    }

    private static let subscriptionColumns: SQL = """
        s.id, s.organization_id, s.status, p.id, p.slug, v.number, v.amount, v.currency, v.period, s.period_start, s.period_end, s.version,
        s.created_at, s.anchor, s.trial_end, s.ends_with_period, np.id, np.slug, nv.number, s.ended_at
        """

    private static let subscriptionTables: SQL = """
        subscriptions as s join plan_versions as v on v.id = s.plan_version_id join plans as p on p.id = v.plan_id
        left join plan_versions as nv on nv.id = s.next_plan_version_id left join plans as np on np.id = nv.plan_id
        """

    private static func subscription(_ row: Row) throws -> Subscription {
        let end: Timestamp = try row.get(10)
        let next: Subscription.PlanReference? =
            if let id: UUID = try row.get(16) { Subscription.PlanReference(id: id, slug: try row.get(17), version: try row.get(18)) } else {
                nil
            }
        let endsWithPeriod: Bool = try row.get(15)
        return Subscription(
            id: try row.get(0), organizationId: try row.get(1), status: try row.get(2),
            plan: Subscription.PlanReference(id: try row.get(3), slug: try row.get(4), version: try row.get(5)),
            price: Money(amount: try row.get(6), currency: try row.get(7)), period: try row.get(8), periodStart: try row.get(9),
            periodEnd: end, version: try row.get(11), createdAt: try row.get(12), anchor: try row.get(13), trialEnd: try row.get(14),
            scheduled: endsWithPeriod
                ? Subscription.Scheduled(action: .end, plan: nil, effectiveAt: end)
                : next.map { Subscription.Scheduled(action: .change, plan: $0, effectiveAt: end) },
            endedAt: try row.get(19))
    }

    /// The active subscription before a cancelled one, the newest cancelled one before older ones.
    static func subscription(organizationId: UUID) -> Query<Subscription> {
        Query(
            """
            select \(fragment: subscriptionColumns) from \(fragment: subscriptionTables)
            where s.organization_id = \(organizationId) order by s.status = 'active' desc, s.created_at desc, s.id desc limit 1
            """, subscription)
    }

    static func subscription(id: UUID) -> Query<Subscription> {
        Query("select \(fragment: subscriptionColumns) from \(fragment: subscriptionTables) where s.id = \(id)", subscription)
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(
        _ status: Subscription.Status?, organizationId: UUID?, plan: String?, before cursor: PageCursor?, limit: Int
    ) -> Query<Subscription> {
        var conditions: [SQL] = ["true"]
        if let status { conditions.append("s.status = \(status.rawValue)") }
        if let organizationId { conditions.append("s.organization_id = \(organizationId)") }
        if let plan { conditions.append("p.slug = \(plan)") }
        if let cursor { conditions.append("(s.created_at, s.id) < (\(cursor.time), \(cursor.id))") }
        return Query(
            """
            select \(fragment: subscriptionColumns) from \(fragment: subscriptionTables)
            where \(fragment: SQL.joined(conditions, separator: " and ")) order by s.created_at desc, s.id desc limit \(limit)
            """, subscription)
    }

    /// A subscription and how many events there are of it.
    struct NumberedSubscription: Sendable {
        let id: UUID
        let organizationId: UUID
        let sequence: Int64
    }

    private static func numbered(_ row: Row) throws -> NumberedSubscription {
        NumberedSubscription(id: try row.get(0), organizationId: try row.get(1), sequence: try row.get(2))
    }

    /// - Parameter step: which can take it back.
    static func cancel(organizationId: UUID, step: UUID, at now: Timestamp) -> Query<NumberedSubscription> {
        Query(
            """
            update subscriptions set status = 'cancelled', cancelled_by = \(step), ended_at = \(now), version = version + 1,
                event_sequence = event_sequence + 1, updated_at = greatest(\(now), updated_at)
            where organization_id = \(organizationId) and status = 'active' returning id, organization_id, event_sequence
            """, numbered)
    }

    static func hasActive(organizationId: UUID) -> Query<Bool> {
        Query("select exists (select from subscriptions where organization_id = \(organizationId) and status = 'active')") {
            try $0.get(0)
        }
    }

    static func hasCancelled(organizationId: UUID, step: UUID) -> Query<Bool> {
        Query("select exists (select from subscriptions where organization_id = \(organizationId) and cancelled_by = \(step))") {
            try $0.get(0)
        }
    }

    static func reactivate(organizationId: UUID, step: UUID, at now: Timestamp) -> Query<NumberedSubscription> {
        Query(
            """
            update subscriptions set status = 'active', cancelled_by = null, ended_at = null, version = version + 1, event_sequence = event_sequence + 1,
                updated_at = greatest(\(now), updated_at)
            where organization_id = \(organizationId) and cancelled_by = \(step) returning id, organization_id, event_sequence
            """, numbered)
    }

    /// Gives back each with the number of the event that tells of it.
    static func purgeSubscriptions(of organizations: [UUID]) -> Query<NumberedSubscription> {
        Query(
            """
            delete from subscriptions where organization_id = any (\(organizations)) returning id, organization_id, event_sequence + 1
            """, numbered)
    }

    // MARK: Entitlements

    /// What is told of it is the last.
    static func emptyEntitlementSets(of organizations: [UUID], at now: Timestamp) -> Query<EntitlementSetVersion> {
        Query(
            """
            update entitlement_sets set version = version + 1, event_sequence = event_sequence + 1, is_purged = true, updated_at = \(now)
            where organization_id = any (\(organizations)) returning organization_id, version, event_sequence
            """
        ) { EntitlementSetVersion(organizationId: try $0.get(0), version: try $0.get(1), sequence: try $0.get(2)) }
    }

    /// Replaces the sets of these organizations by the grants of one plan; gives back each organization with its set's new version and
    /// event sequence.
    static func replaceEntitlementSets(organizations: [UUID], at now: Timestamp) -> Query<EntitlementSetVersion> {
        Query(
            """
            insert into entitlement_sets as e (organization_id, version, event_sequence, updated_at)
            select o.id, 1, 1, \(now) from unnest(\(organizations)) as o (id)
            on conflict (organization_id) do update
                set version = e.version + 1, event_sequence = e.event_sequence + 1, updated_at = excluded.updated_at
            returning organization_id, version, event_sequence
            """
        ) { EntitlementSetVersion(organizationId: try $0.get(0), version: try $0.get(1), sequence: try $0.get(2)) }
    }

    struct EntitlementSetVersion: Sendable {
        let organizationId: UUID
        let version: Int64
        let sequence: Int64
    }

    static func deleteEntitlements(of organizations: [UUID]) -> Query<Void> {
        Query("delete from entitlements where organization_id = any (\(organizations))")
    }

    /// A set of its own for each organization.
    static func insertEntitlements(_ sets: [(organizationId: UUID, grants: [EntitlementGrant])]) -> Query<Void> {
        let rows = sets.flatMap { set in set.grants.map { (organizationId: set.organizationId, grant: $0) } }
        return Query(
            """
            insert into entitlements (organization_id, key, kind, quantity, is_soft)
            select * from unnest(\(rows.map(\.organizationId)), \(rows.map(\.grant.key)), \(rows.map(\.grant.kind.rawValue)),
                \(rows.map(\.grant.quantity)), \(rows.map { $0.grant.isSoft == true }))
            """)
    }

    /// No row for an organization that billing has not heard of.
    static func entitlementSet(organizationId: UUID) -> Query<Int64> {
        Query("select version from entitlement_sets where organization_id = \(organizationId)") { try $0.get(0) }
    }

    static func entitlements(organizationId: UUID) -> Query<Entitlement> {
        Query("select key, kind, quantity, is_soft from entitlements where organization_id = \(organizationId) order by key") {
            Entitlement(key: try $0.get(0), kind: try $0.get(1), quantity: try $0.get(2), isSoft: try $0.get(3))
        }
    }
}
