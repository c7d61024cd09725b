import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// Every SQL statement of the analytics service.
enum AnalyticsQueries {
    /// The first application of anything starts the model; no row where it has been started already.
    static func startReadModel(id: UUID, name: String, at now: Timestamp) -> Query<Int> {
        Query(
            """
            insert into read_models (name, id, generation, event_sequence, started_at) values (\(name), \(id), 1, 1, \(now))
            on conflict (name) do nothing returning generation
            """
        ) { try $0.get(0) }
    }

    /// The next generation, or the first.
    static func restartReadModel(id: UUID, name: String, at now: Timestamp) -> Query<(id: UUID, generation: Int, sequence: Int64)> {
        Query(
            """
            insert into read_models as m (name, id, generation, event_sequence, started_at) values (\(name), \(id), 1, 1, \(now))
            on conflict (name) do update set generation = m.generation + 1, event_sequence = m.event_sequence + 1, started_at = excluded.started_at
            returning id, generation, event_sequence
            """
        ) { (id: try $0.get(0), generation: try $0.get(1), sequence: try $0.get(2)) }
    }

    struct Count: Sendable {
        let day: Timestamp
        let type: String
        let events: Int64
    }

    static func addCounts(_ counts: [Count]) -> Query<Void> {
        Query(
            """
            insert into event_counts as c (day, type, events)
            select (d.day at time zone 'UTC')::date, d.type, d.events
            from unnest(\(counts.map(\.day)), \(counts.map(\.type)), \(counts.map(\.events))) as d (day, type, events)
            on conflict (day, type) do update set events = c.events + excluded.events
            """)
    }

    static func upsertPlans(_ plans: [PlanCreated]) -> Query<Void> {
        Query(
            """
            insert into plan_facts (plan_id, slug) select * from unnest(\(plans.map(\.planId)), \(plans.map(\.slug)))
            on conflict (plan_id) do update set slug = excluded.slug
            """)
    }

    struct Fact: Sendable {
        let activated: SubscriptionActivated
        let sequence: Int64
    }

    /// Takes a fact only if it is newer than what is there.
    static func upsertSubscriptions(_ facts: [Fact]) -> Query<Void> {
        Query(
            """
            insert into subscription_facts as f
                (subscription_id, organization_id, plan_id, status, amount, currency, period, activated_at, sequence)
            select s.id, s.organization_id, s.plan_id, 'active', s.amount, s.currency, s.period, s.activated_at, s.sequence
            from unnest(\(facts.map(\.activated.subscriptionId)), \(facts.map(\.activated.organizationId)), \(facts.map(\.activated.planId)),
                \(facts.map(\.activated.price.amount)), \(facts.map(\.activated.price.currency)), \(facts.map(\.activated.period.rawValue)),
                \(facts.map(\.activated.periodStart)), \(facts.map(\.sequence)))
                as s (id, organization_id, plan_id, amount, currency, period, activated_at, sequence)
            on conflict (subscription_id) do update set status = excluded.status, plan_id = excluded.plan_id, amount = excluded.amount,
                currency = excluded.currency, period = excluded.period, sequence = excluded.sequence
                where f.sequence < excluded.sequence
            """)
    }

    /// Takes a change only if it is newer than what is there.
    static func changeSubscriptions(_ changes: [(change: SubscriptionChanged, sequence: Int64)]) -> Query<Void> {
        Query(
            """
            update subscription_facts as f set status = 'active', plan_id = s.plan_id, amount = s.amount, currency = s.currency,
                period = s.period, sequence = s.sequence
            from unnest(\(changes.map(\.change.subscriptionId)), \(changes.map(\.change.planId)), \(changes.map(\.change.price.amount)),
                \(changes.map(\.change.price.currency)), \(changes.map(\.change.period.rawValue)), \(changes.map(\.sequence)))
                as s (id, plan_id, amount, currency, period, sequence)
            where f.subscription_id = s.id and f.sequence < s.sequence
            """)
    }

    /// What became of a subscription.
    struct Standing: Sendable {
        let id: UUID
        let status: String
        let sequence: Int64
    }

    static func setStatus(_ standings: [Standing]) -> Query<Void> {
        Query(
            """
            update subscription_facts as f set status = s.status, sequence = s.sequence
            from unnest(\(standings.map(\.id)), \(standings.map(\.status)), \(standings.map(\.sequence))) as s (id, status, sequence)
            where f.subscription_id = s.id and f.sequence < s.sequence
            """)
    }

    static func deleteSubscriptions(_ ids: [UUID]) -> Query<Void> {
        Query("delete from subscription_facts where subscription_id = any (\(ids))")
    }

    static func subscriptions() -> Query<SubscriptionSummary> {
        Query(
            """
            select s.plan_id, p.slug, s.status, s.amount, s.currency, s.period, count(*)
            from subscription_facts as s left join plan_facts as p on p.plan_id = s.plan_id
            group by s.plan_id, p.slug, s.status, s.amount, s.currency, s.period
            order by p.slug nulls last, s.plan_id, s.status, s.amount, s.currency, s.period
            """
        ) { row in
            SubscriptionSummary(
                planId: try row.get(0), plan: try row.get(1), status: try row.get(2),
                price: Money(amount: try row.get(3), currency: try row.get(4)), period: try row.get(5), subscriptions: try row.get(6))
        }
    }
}
