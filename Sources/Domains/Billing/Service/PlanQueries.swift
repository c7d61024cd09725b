import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of plans and their versions.
enum PlanQueries {
    /// No row where the slug is taken or another plan is the default one.
    static func insert(_ draft: PlanDraft, id: UUID, events: Int64, at now: Timestamp) -> Query<UUID> {
        Query(
            """
            insert into plans (id, slug, name, is_default, event_sequence, created_at)
            values (\(id), \(draft.slug), \(draft.name), \(draft.isDefault), \(events), \(now))
            on conflict do nothing
            returning id
            """
        ) { try $0.get(0) }
    }

    static func insertVersion(_ draft: PlanDraft, id: UUID, planId: UUID, number: Int, at now: Timestamp) -> Query<Void> {
        Query(
            """
            insert into plan_versions (id, plan_id, number, amount, currency, period, trial_days, published_at)
            select \(id), p.id, \(number), \(draft.price.amount), \(draft.price.currency), \(draft.period.rawValue), \(draft.trialDays), \(now)
            from plans as p where p.id = \(planId)
            """)
    }

    static func insertEntitlements(_ grants: [EntitlementGrant], planVersionId: UUID) -> Query<Void> {
        Query(
            """
            insert into plan_entitlements (plan_version_id, key, kind, quantity, is_soft)
            select v.id, e.key, e.kind, e.quantity, e.is_soft
            from plan_versions as v,
                unnest(\(grants.map(\.key)), \(grants.map(\.kind.rawValue)), \(grants.map(\.quantity)), \(grants.map { $0.isSoft == true }))
                    as e (key, kind, quantity, is_soft)
            where v.id = \(planVersionId)
            """)
    }

    /// Of a plan `p` and a version `v` of it.
    private static let columns: SQL = """
        p.id, p.slug, p.name, p.status, p.is_default, p.created_at, v.id, v.number, v.amount, v.currency, v.period, v.trial_days,
        array(select key from plan_entitlements where plan_version_id = v.id order by key),
        array(select kind from plan_entitlements where plan_version_id = v.id order by key),
        array(select quantity from plan_entitlements where plan_version_id = v.id order by key),
        array(select is_soft from plan_entitlements where plan_version_id = v.id order by key)
        """

    private static let currentVersion: SQL = """
        plans as p cross join lateral (select * from plan_versions where plan_id = p.id order by number desc limit 1) as v
        """

    private static func plan(_ row: Row) throws -> Plan {
        let keys: [String] = try row.get(12)
        let kinds: [String] = try row.get(13)
        let quantities: [Int64?] = try row.get(14)
        let areSoft: [Bool] = try row.get(15)
        let grants = try keys.indices.map { index in
            guard let kind = EntitlementKind(rawValue: kinds[index]) else {
                throw UnknownValue(type: "EntitlementKind", value: kinds[index])
            }
            return EntitlementGrant(key: keys[index], kind: kind, quantity: quantities[index], isSoft: areSoft[index])
        }
        return Plan(
            id: try row.get(0), slug: try row.get(1), name: try row.get(2), status: try row.get(3), isDefault: try row.get(4),
            currentVersion: PlanVersion(
                id: try row.get(6), number: try row.get(7), price: Money(amount: try row.get(8), currency: try row.get(9)),
                period: try row.get(10), entitlements: grants, trialDays: try row.get(11)),
            createdAt: try row.get(5))
    }

    static func defaultPlan() -> Query<Plan> {
        Query("select \(fragment: columns) from \(fragment: currentVersion) where p.is_default and p.status = 'active'", plan)
    }

    static func find(slug: String) -> Query<Plan> {
        Query("select \(fragment: columns) from \(fragment: currentVersion) where p.slug = \(slug)", plan)
    }

    /// The plan as one of its versions has it.
    static func find(slug: String, version: Int) -> Query<Plan> {
        Query(
            """
            select \(fragment: columns) from plans as p join plan_versions as v on v.plan_id = p.id
            where p.slug = \(slug) and v.number = \(version)
            """, plan)
    }

    /// Plans as these versions of them have it.
    static func versions(_ ids: [UUID]) -> Query<Plan> {
        Query(
            """
            select \(fragment: columns) from plans as p join plan_versions as v on v.plan_id = p.id where v.id = any (\(ids))
            """, plan)
    }

    /// Keeps the plan as it is until the transaction ends; no row where there is none.
    static func lock(slug: String) -> Query<UUID> {
        Query("select id from plans where slug = \(slug) for update") { try $0.get(0) }
    }

    /// Keeps the plan from being retired until the transaction ends.
    static func hold(slug: String) -> Query<UUID> {
        Query("select id from plans where slug = \(slug) for share") { try $0.get(0) }
    }

    /// Gives back the number of the event that tells of the new version.
    static func noteVersion(of id: UUID, name: String) -> Query<Int64> {
        Query(
            """
            update plans set name = \(name), version = version + 1, event_sequence = event_sequence + 1
            where id = \(id) returning event_sequence
            """
        ) { try $0.get(0) }
    }

    /// Gives back the number of the event that tells of it.
    static func retire(_ id: UUID) -> Query<Int64> {
        Query(
            """
            update plans set status = 'retired', version = version + 1, event_sequence = event_sequence + 1
            where id = \(id) returning event_sequence
            """
        ) { try $0.get(0) }
    }

    /// Newest first; ties broken by id, so that pages neither overlap nor leave out.
    static func list(_ status: Plan.Status?, before cursor: PageCursor?, limit: Int) -> Query<Plan> {
        Query(
            """
            select \(fragment: columns) from \(fragment: currentVersion)
            where (\(status?.rawValue)::text is null or p.status = \(status?.rawValue)::text)
                and (\(cursor?.time)::timestamptz is null or (p.created_at, p.id) < (\(cursor?.time)::timestamptz, \(cursor?.id)::uuid))
            order by p.created_at desc, p.id desc limit \(limit)
            """, plan)
    }
}
