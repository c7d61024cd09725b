import Postgres

/// The recomputation of the analytics service's read models.
extension OracleReader {
    var analyticsModels: [OracleModel] {
        [
            OracleModel(
                name: "event_counts",
                due: "select (time at time zone 'UTC')::date, type, count(*) from oracle_due group by 1, 2",
                there: "select day, type, events from event_counts"),
            OracleModel(
                name: "plan_facts",
                due: """
                    select distinct on (1) (data ->> 'plan_id')::uuid, data ->> 'slug' from oracle_due where type like 'saas.plan.created.v%'
                    order by 1, sequence desc
                    """,
                there: "select plan_id, slug from plan_facts"),
            OracleModel(
                name: "subscription_facts",
                due: """
                    select distinct on (1) a.subject, (a.data ->> 'organization_id')::uuid, (a.data ->> 'plan_id')::uuid, last.status,
                        (a.data -> 'price' ->> 'amount')::bigint, a.data -> 'price' ->> 'currency', a.data ->> 'period', last.sequence
                    from oracle_due as a join (
                        select distinct on (1) subject, sequence, case when type like '%.cancelled.v%' then 'cancelled' else 'active' end,
                            type like '%.purged.v%'
                        from oracle_due where type like 'saas.subscription.%' order by 1, sequence desc
                    ) as last (subject, sequence, status, is_purged) using (subject)
                    where (a.type like 'saas.subscription.activated.v%' or a.type like 'saas.subscription.changed.v%') and not last.is_purged
                    order by 1, a.sequence desc
                    """,
                there: """
                    select subscription_id, organization_id, plan_id, status, amount, currency, period, sequence from subscription_facts
                    """),
            OracleModel(
                name: "subscription_counts",
                due: "select plan_id, status, amount, currency, period, count(*) from subscription_facts group by 1, 2, 3, 4, 5",
                there: "select plan_id, status, amount, currency, period, subscriptions from subscription_counts"),
            OracleModel(
                name: "read_models", due: "select 'subscriptions' where exists (select from oracle_due)",
                there: "select name from read_models"
            ),
        ] + revenueModels + taskModels + usageModels
    }

    /// The steps by which each subscription changed its organization's recurring revenue, told anew by windows over its events instead of one after
    /// the other: `steps (subscription, organization, sequence, at, currency, amount)`.
    private static let steps: SQL = """
        with told as (
            select subject, sequence, (data ->> 'organization_id')::uuid as organization, split_part(type, '.', 3) as news,
                (data ->> 'trial_end')::timestamptz as trial_end, data -> 'price' ->> 'currency' as currency,
                case data ->> 'period' when 'year' then ((data -> 'price' ->> 'amount')::bigint + 6) / 12
                    else (data -> 'price' ->> 'amount')::bigint end as monthly,
                case split_part(type, '.', 3) when 'changed' then (data ->> 'effective_at')::timestamptz
                    when 'activated' then (data ->> 'period_start')::timestamptz when 'renewed' then (data ->> 'period_start')::timestamptz
                    when 'cancelled' then coalesce((data ->> 'ended_at')::timestamptz, time) else time end as at
            from oracle_due where type like 'saas.subscription.%'
        ), priced as (
            select *, count(monthly) over (partition by subject order by sequence) as nth_price from told
        ), carried as (
            select *, first_value(monthly) over p as price, first_value(currency) over p as its_currency, first_value(trial_end) over p as trial
            from priced where nth_price > 0 window p as (partition by subject, nth_price order by sequence)
        ), valued as (
            select *, case when news in ('cancelled', 'purged') or at < trial then 0 else price end as value from carried
        ), moved as (
            select *, lag(value, 1, 0::bigint) over s as before, lag(its_currency) over s as former from valued window s as (
                partition by subject order by sequence)
        ), changes as (
            select subject, organization, sequence, at, its_currency as currency,
                case when its_currency = coalesce(former, its_currency) then value - before else value end as amount from moved
            union all select subject, organization, sequence, at, former, -before from moved where its_currency <> former
        )
        select subject as subscription, organization, sequence, max(at) over (partition by subject order by sequence) as at, currency, amount
        from changes where amount <> 0
        """

    private var revenueModels: [OracleModel] {
        [
            OracleModel(
                name: "mrr_steps",
                due: """
                    select at, currency, sequence, amount, case when is_purged then null else organization end,
                        case when is_purged then null else subscription end
                    from (\(fragment: Self.steps)) as s cross join lateral (
                        select exists (select from oracle_due as d where d.subject = s.subscription and d.type like 'saas.subscription.purged.v%')
                    ) as p (is_purged)
                    """,
                there: """
                    select at, currency, sequence, amount, case when is_purged then null else customer end,
                        case when is_purged then null else subscription_id end
                    from mrr_steps as s cross join lateral (
                        select not exists (select from oracle_due as d where d.subject = s.subscription_id)) as p (is_purged)
                    """),
            OracleModel(
                name: "mrr_days",
                due: """
                    select currency, (at at time zone 'UTC')::date, kind, sum(amount)::bigint, count(*) from (
                        select *, case when after = amount then case when nth = 1 then 'new' else 'reactivation' end
                            when after = 0 then 'churn' when amount > 0 then 'expansion' else 'contraction' end as kind
                        from (
                            select *, sum(amount) over w as after, row_number() over w as nth from (
                                select organization, currency, at, sum(amount) as amount from (\(fragment: Self.steps)) as s
                                group by 1, 2, 3 having sum(amount) <> 0) as i
                            window w as (partition by organization, currency order by at)) as r) as m
                    group by 1, 2, 3
                    """,
                there: """
                    select currency, day, kind, amount, movements from mrr_days cross join lateral (values
                        ('new', new_mrr, new_count), ('expansion', expansion_mrr, expansion_count),
                        ('reactivation', reactivation_mrr, reactivation_count), ('contraction', contraction_mrr, contraction_count),
                        ('churn', churn_mrr, churn_count)) as m (kind, amount, movements)
                    where (amount, movements) <> (0, 0)
                    """),
            OracleModel(
                name: "recurring revenue",
                due: "select currency, sum(mrr)::bigint from subscription_facts group by 1 having sum(mrr) <> 0",
                there: """
                    select currency, sum(new_mrr + expansion_mrr + reactivation_mrr + contraction_mrr + churn_mrr)::bigint from mrr_days
                    group by 1 having sum(new_mrr + expansion_mrr + reactivation_mrr + contraction_mrr + churn_mrr) <> 0
                    """),
        ]
    }

    /// What happened to tasks whose organization is there, each with what its creation says.
    private static let taskNews: SQL = """
        select e.sequence, e.time, split_part(e.type, '.', 3) as news, (c.data ->> 'organization_id')::uuid as organization,
            (c.data ->> 'project_id')::uuid as project, c.time as created_at, e.data ->> 'from' as former,
            coalesce(e.data ->> 'to', e.data ->> 'status') as status, e.subject,
            min(e.time) filter (where coalesce(e.data ->> 'to', e.data ->> 'status') in ('in_progress', 'in_review')) over (
                partition by e.subject order by e.sequence) as started_at
        from oracle_due as e join oracle_due as c on c.subject = e.subject and c.type like 'saas.task.created.v%'
        where e.type like 'saas.task.%' and (c.data ->> 'organization_id')::uuid not in (\(fragment: purged))
        """

    private var taskModels: [OracleModel] {
        [
            OracleModel(
                name: "purged_organizations", due: Self.purged, there: "select organization_id from purged_organizations"),
            OracleModel(
                name: "task_facts",
                due: """
                    select distinct on (subject) subject, organization, project, created_at, started_at, sequence
                    from (\(fragment: Self.taskNews)) as t order by subject, sequence desc
                    """,
                there: "select task_id, organization_id, project_id, created_at, started_at, sequence from task_facts"),
        ] + [taskCounts("task_days", by: "day"), taskCounts("task_months", by: "month")]
            + [taskTimes("task_days", by: "day"), taskTimes("task_months", by: "month")]
    }

    /// The organization and the project of what happened, and those of the sums over all.
    private static let owners: SQL = """
        cross join (values ('00000000-0000-0000-0000-000000000000'::uuid)) as n (nobody)
        cross join lateral (values (organization, project), (nobody, nobody)) as o (owner, of)
        """

    /// The first day of what a time belongs to.
    private func first(of unit: SQL, at time: SQL) -> SQL { "date_trunc('\(fragment: unit)', \(fragment: time) at time zone 'UTC')::date" }

    private func taskCounts(_ table: String, by unit: SQL) -> OracleModel {
        OracleModel(
            name: table,
            due: """
                select owner, of, \(fragment: first(of: unit, at: "time")), count(*) filter (where news = 'created'),
                    count(*) filter (where status = 'done'), count(*) filter (where former in ('done', 'cancelled')),
                    count(*) filter (where status = 'cancelled'), count(*) filter (where status = 'done' and started_at is not null),
                    coalesce(sum(floor(extract(epoch from greatest(time - started_at, interval '0')))) filter (where status = 'done'), 0),
                    coalesce(sum(floor(extract(epoch from greatest(time - created_at, interval '0')))) filter (where status = 'done'), 0)
                from (\(fragment: Self.taskNews)) as t \(fragment: Self.owners)
                where news = 'created' or status in ('done', 'cancelled') or former in ('done', 'cancelled') group by 1, 2, 3
                """,
            there: """
                select organization_id, project_id, day, created, completed, reopened, cancelled, cycle_tasks, cycle_seconds, lead_seconds
                from \(identifier: table)
                """)
    }

    private func taskTimes(_ table: String, by unit: SQL) -> OracleModel {
        OracleModel(
            name: "times in \(table)",
            due: """
                select owner, of, \(fragment: first(of: unit, at: "time")), measure, count(*)
                from (\(fragment: Self.taskNews)) as t \(fragment: Self.owners)
                cross join (values ('lead'), ('cycle')) as m (measure)
                where status = 'done' and (measure = 'lead' or started_at is not null) group by 1, 2, 3, 4
                """,
            there: """
                select organization_id, project_id, day, measure, (select sum(n) from unnest(counts) as n)
                from \(identifier: table) cross join lateral (values ('cycle', cycle_counts), ('lead', lead_counts)) as m (measure, counts)
                where counts <> '{}'
                """)
    }

    private var usageModels: [OracleModel] {
        let usage: SQL = """
            (select * from oracle_due where type like 'saas.usage.%' and subject not in (\(fragment: Self.purged))) as e
            """
        return [
            OracleModel(
                name: "usage_sequences", due: "select subject, max(sequence) from \(fragment: usage) group by 1",
                there: "select organization_id, sequence from usage_sequences")
        ]
            + ([("usage_days", "day"), ("usage_months", "month")] as [(String, SQL)]).map { table, unit in
                OracleModel(
                    name: table,
                    due: """
                        select owner, data ->> 'entitlement',
                            \(fragment: first(of: unit, at: "coalesce((data ->> 'used_at')::timestamptz, time)")),
                            coalesce(sum((data ->> 'quantity')::bigint), 0), count(data ->> 'quantity'), count(data ->> 'limit')
                        from \(fragment: usage)
                        cross join lateral (values (subject), ('00000000-0000-0000-0000-000000000000'::uuid)) as o (owner) group by 1, 2, 3
                        """,
                    there: "select organization_id, entitlement, day, quantity, records, limits_reached from \(identifier: table)")
            }
    }
}
