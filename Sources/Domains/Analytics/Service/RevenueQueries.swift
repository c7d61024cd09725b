import BillingEvents
import FoundationEssentials
import Kernel
import Postgres

/// The SQL statements of subscriptions and of the recurring revenue.
enum RevenueQueries {
    // MARK: Facts

    static func facts(of subscriptions: [UUID]) -> Query<SubscriptionFact> {
        Query(
            """
            select subscription_id, organization_id, plan_id, status, amount, currency, period, activated_at, trial_end, mrr, moved_at, sequence
            from subscription_facts where subscription_id = any (\(subscriptions))
            """
        ) { row in
            SubscriptionFact(
                id: try row.get(0), organizationId: try row.get(1), planId: try row.get(2), status: try row.get(3),
                price: Money(amount: try row.get(4), currency: try row.get(5)), period: try row.get(6), activatedAt: try row.get(7),
                trialEnd: try row.get(8), mrr: try row.get(9), movedAt: try row.get(10), sequence: try row.get(11))
        }
    }

    static func store(_ facts: [SubscriptionFact]) -> Query<Void> {
        Query(
            """
            insert into subscription_facts as f (subscription_id, organization_id, plan_id, status, amount, currency, period, activated_at,
                trial_end, mrr, moved_at, sequence)
            select * from unnest(\(facts.map(\.id)), \(facts.map(\.organizationId)), \(facts.map(\.planId)), \(facts.map(\.status.rawValue)),
                \(facts.map(\.price.amount)), \(facts.map(\.price.currency)), \(facts.map(\.period.rawValue)), \(facts.map(\.activatedAt)),
                \(facts.map(\.trialEnd)), \(facts.map(\.mrr)), \(facts.map(\.movedAt)), \(facts.map(\.sequence)))
            on conflict (subscription_id) do update set status = excluded.status, plan_id = excluded.plan_id, amount = excluded.amount,
                currency = excluded.currency, period = excluded.period, trial_end = excluded.trial_end, mrr = excluded.mrr,
                moved_at = excluded.moved_at, sequence = excluded.sequence
                where f.sequence < excluded.sequence
            """)
    }

    static func delete(_ subscriptions: [UUID]) -> Query<Void> {
        Query("delete from subscription_facts where subscription_id = any (\(subscriptions))")
    }

    // MARK: Counts

    /// Adds so many to each, which may be fewer than none.
    static func add(_ counts: [(offer: SubscriptionOffer, subscriptions: Int64)]) -> Query<Void> {
        Query(
            """
            insert into subscription_counts as c (plan_id, status, amount, currency, period, subscriptions)
            select * from unnest(\(counts.map(\.offer.planId)), \(counts.map(\.offer.status.rawValue)), \(counts.map(\.offer.price.amount)),
                \(counts.map(\.offer.price.currency)), \(counts.map(\.offer.period.rawValue)), \(counts.map(\.subscriptions)))
            on conflict (plan_id, status, amount, currency, period) do update set subscriptions = c.subscriptions + excluded.subscriptions
            """)
    }

    static func deleteEmptyCounts(of plans: [UUID]) -> Query<Void> {
        Query("delete from subscription_counts where plan_id = any (\(plans)) and subscriptions = 0")
    }

    // MARK: Steps and movements

    /// Adds steps that are not there yet, and to the days what they make of their customers' movements: what those are with the new steps, less what
    /// they were without them. So it does not matter in which order steps arrive.
    ///
    /// What a customer does in one instant is one movement: a subscription that another one follows at once is no churn.
    ///
    /// - Returns: whether a day is left without any movement.
    static func add(_ steps: [RevenueStep]) -> Query<Bool> {
        Query(
            """
            with given as (
                select * from unnest(\(steps.map(\.organizationId)), \(steps.map { Pseudonym.of($0.organizationId) }),
                    \(steps.map(\.subscriptionId)), \(steps.map(\.sequence)), \(steps.map(\.at)), \(steps.map(\.amount)), \(steps.map(\.currency)))
                    as g (customer, pseudonym, subscription_id, sequence, at, amount, currency)
            ), fresh as (
                insert into mrr_steps (customer, currency, at, subscription_id, sequence, amount)
                select customer, currency, at, subscription_id, sequence, amount from given order by customer, currency, at
                on conflict do nothing returning customer, currency, at, amount
            ), touched as (
                select distinct customer, pseudonym, currency from given join fresh using (customer, currency)
            ), all_steps as (
                select customer, currency, at, amount, true as is_fresh from fresh
                union all select t.customer, t.currency, s.at, s.amount, false
                from touched as t cross join lateral (values (t.customer), (t.pseudonym)) as k (id)
                join mrr_steps as s on s.customer = k.id and s.currency = t.currency
            ), instants as (
                select v.sign, a.customer, a.currency, a.at, sum(a.amount)::bigint as amount
                from all_steps as a join (values (1), (-1)) as v (sign) on v.sign = 1 or not a.is_fresh
                group by v.sign, a.customer, a.currency, a.at having sum(a.amount) <> 0
            ), movements as (
                select sign, currency, (at at time zone 'UTC')::date as day, amount,
                    case when after = amount and is_first then 'new' when after = amount then 'reactivation' when after = 0 then 'churn'
                        when amount > 0 then 'expansion' else 'contraction' end as kind
                from (
                    select *, sum(amount) over steps as after, row_number() over steps = 1 as is_first
                    from instants window steps as (partition by sign, customer, currency order by at)) as i
            )
            insert into mrr_days as d (currency, day, \(fragment: columns))
            select * from (
                select currency, day, \(fragment: sums) from movements group by currency, day order by currency, day) as n
            where (\(fragment: columns)) is distinct from (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            on conflict (currency, day) do update set \(fragment: additions)
            returning (\(fragment: SQL.joined(names.map { "d.\(identifier: $0)" }))) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
            """
        ) { try $0.get(0) }
    }

    private static let kinds = ["new", "expansion", "reactivation", "contraction", "churn"]
    private static let names = kinds.map { $0 + "_mrr" } + kinds.map { $0 + "_count" }
    static let columns = SQL.joined(names.map { "\(identifier: $0)" })
    private static let sums = SQL.joined(
        kinds.map { "coalesce(sum(sign * amount) filter (where kind = '\(unsafeRaw: $0)'), 0)::bigint as \(identifier: $0 + "_mrr")" }
            + kinds.map { "coalesce(sum(sign) filter (where kind = '\(unsafeRaw: $0)'), 0)::bigint as \(identifier: $0 + "_count")" })
    private static let additions = SQL.joined(
        names.map { "\(identifier: $0) = d.\(identifier: $0) + excluded.\(identifier: $0)" })

    static func dropEmptyDays() -> Query<Void> {
        Query("delete from mrr_days where (\(fragment: columns)) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)")
    }

    /// The steps of subscriptions whose organizations are purged go on counting, and are nobody's.
    static func forget(_ purged: [(subscription: UUID, organization: UUID)]) -> Query<Void> {
        Query(
            """
            update mrr_steps as s set customer = p.pseudonym, subscription_id = p.other_id
            from unnest(\(purged.map(\.organization)), \(purged.map { Pseudonym.of($0.organization) }), \(purged.map(\.subscription)),
                \(purged.map { Pseudonym.of($0.subscription) })) as p (customer, pseudonym, subscription_id, other_id)
            where s.customer = p.customer and s.subscription_id = p.subscription_id
            """)
    }

    // MARK: Looking

    /// The movements until the end of a range by the days, weeks or months that it has; those before it under `nil`.
    static func movements(_ range: FigureRange, currency: String?) -> Query<RevenueMovements> {
        Query(
            """
            select currency, start, \(fragment: SQL.joined(names.map { "sum(\(identifier: $0))::bigint" })) from (
                select *, \(fragment: range.start(of: "day", orNull: true)) as start from mrr_days
                where day < \(fragment: range.endDay) and (\(currency)::text is null or currency = \(currency))) as d
            group by currency, start order by currency, start nulls first
            """
        ) { row in
            RevenueMovements(
                currency: try row.get(0), start: try row.get(1), new: try row.get(2), expansion: try row.get(3),
                reactivation: try row.get(4), contraction: try row.get(5), churn: try row.get(6), newCount: try row.get(7),
                expansionCount: try row.get(8), reactivationCount: try row.get(9), contractionCount: try row.get(10),
                churnCount: try row.get(11))
        }
    }
}
