import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of what all read models have in common, and of the plans.
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

    static func subscriptions() -> Query<SubscriptionSummary> {
        Query(
            """
            select s.plan_id, p.slug, s.status, s.amount, s.currency, s.period, s.subscriptions
            from subscription_counts as s left join plan_facts as p on p.plan_id = s.plan_id
            order by p.slug nulls last, s.plan_id, s.status, s.amount, s.currency, s.period
            """
        ) { row in
            SubscriptionSummary(
                planId: try row.get(0), plan: try row.get(1), status: try row.get(2),
                price: Money(amount: try row.get(3), currency: try row.get(4)), period: try row.get(5), subscriptions: try row.get(6))
        }
    }

    /// When events were last applied; no row before the first.
    static func newest() -> Query<Timestamp?> {
        Query("select max(applied_at) from checkpoints where consumer = 'analytics'") { try $0.get(0) }
    }
}
