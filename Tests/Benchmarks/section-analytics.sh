# What the figures cost to look at, whole commands from the start of the process to its end, and as lines of a console, which is there already and connected,
# over read models as they are after many events. The rows are
# made here, in the proportions of those events; Tests/AnalyticsTests and WorkerTests say that events lead to such rows.
#
# Of 10,000,000 events (BENCH_LARGE; a tenth of it otherwise) 7,200,000 are of 2,400,000 tasks, each created, begun and done, 2,500,000 of usage, and 300,000 of
# 100,000 subscriptions. They are of two years and 2,000 organizations, the busiest of which has a twelfth of the tasks. Rows lie in the order of their days, and
# within them in none, as events make them.

tenths=${BENCH_LARGE:+10}
tenths=${tenths:-1}
heading "figures over read models of $((tenths * 1000000)) events"
begin_sandbox
busiest=00000000-0000-7000-8000-000000000000
PGDATABASE=saas_analytics "$psql" -Xq -v tenths="$tenths" > /dev/null <<'SQL'
set synchronous_commit = off;
create function pg_temp.id(kind int, number bigint) returns uuid language sql immutable as
    $$ select (lpad(to_hex(kind), 8, '0') || '-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid $$;
create function pg_temp.class(seconds bigint) returns smallint language sql immutable as
    $$ select case when seconds < 32 then seconds else shift * 16 + (seconds >> shift::int) end::smallint
       from (select length(ltrim(seconds::bit(48)::text, '0')) - 5 as shift) as s $$;
select setseed(0.5);
create temp table work as
    select n, floor(2000 * power(random(), 3))::bigint as organization, (random() * 2)::int as project, current_date - 1 - (random() * 729)::int as day,
        (60 * exp(random() * 9))::bigint as cycle, (60 * exp(random() * 9))::bigint as waiting
    from generate_series(1, 240000 * :tenths) as n;
insert into task_facts select pg_temp.id(1, n), pg_temp.id(0, organization), pg_temp.id(2, organization * 3 + project),
    day - waiting * interval '1 second', day::timestamptz, 3 from work;
create temp table times as
    select organization, day, project, measure, pg_temp.class(seconds) as class, count(*) as tasks, sum(seconds) as seconds
    from work cross join lateral (values ('cycle', cycle), ('lead', cycle + waiting)) as m (measure, seconds) group by 1, 2, 3, 4, 5;
-- Whose figures of which day or month, what they are of, and the sums over all.
create temp view parts as
    select pg_temp.id(0, organization) as owner, pg_temp.id(2, organization * 3 + project) as part, t.* from times as t
    union all select '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000', t.* from times as t;
create function pg_temp.rows(unit text) returns setof task_days language sql as $$
    select owner, first, part, sum(tasks) filter (where lead), sum(tasks) filter (where lead), 0, 0, sum(tasks) filter (where not lead),
        sum(seconds) filter (where not lead), sum(seconds) filter (where lead), array_agg(class order by class) filter (where not lead),
        array_agg(tasks order by class) filter (where not lead), array_agg(class order by class) filter (where lead),
        array_agg(tasks order by class) filter (where lead)
    from (select owner, date_trunc(unit, day::timestamp)::date as first, part, measure = 'lead' as lead, class, sum(tasks)::bigint as tasks,
            sum(seconds)::bigint as seconds from parts group by 1, 2, 3, 4, 5) as t
    group by owner, first, part order by first, random() $$;
insert into task_days select * from pg_temp.rows('day');
insert into task_months select * from pg_temp.rows('month');
insert into usage_sequences select pg_temp.id(0, n), 1000 from generate_series(0, 1999) as n;
insert into usage_days
    select pg_temp.id(0, o), e, current_date - 729 + d, 1 + (random() * 1000)::bigint, 1, 0
    from generate_series(0, 729) as d, generate_series(0, 1999) as o, (values ('api_calls'), ('exports')) as e (e)
    where random() < 0.0856 * :tenths order by d, random();
insert into usage_days
    select '00000000-0000-0000-0000-000000000000', entitlement, day, sum(quantity), sum(records), 0 from usage_days group by entitlement, day;
insert into usage_months
    select organization_id, entitlement, date_trunc('month', day::timestamp)::date, sum(quantity), sum(records), 0 from usage_days
    group by 1, 2, 3 order by 3, random();
insert into plan_facts select pg_temp.id(3, n), 'plan-' || n from generate_series(1, 20) as n;
create temp table subscribed as
    select n, (array['EUR', 'USD', 'GBP'])[1 + n % 3] as currency, 1000 * (1 + n % 20) as amount, current_date - (random() * 729)::int as day
    from generate_series(1, 10000 * :tenths) as n;
insert into subscription_facts (subscription_id, organization_id, plan_id, status, amount, currency, period, activated_at, sequence, mrr, moved_at)
    select pg_temp.id(4, n), pg_temp.id(0, n), pg_temp.id(3, 1 + n % 20), case when n % 5 = 0 then 'cancelled' else 'active' end, amount, currency, 'month', day,
        3, case when n % 5 = 0 then 0 else amount end, day from subscribed;
insert into subscription_counts
    select plan_id, status, amount, currency, period, count(*) from subscription_facts group by plan_id, status, amount, currency, period;
insert into mrr_steps select pg_temp.id(0, n), currency, day, pg_temp.id(4, n), 1, amount from subscribed;
insert into mrr_steps select pg_temp.id(0, n), currency, current_date, pg_temp.id(4, n), 3, -amount from subscribed where n % 5 = 0;
insert into mrr_days
    select currency, day, sum(greatest(amount, 0)), 0, 0, 0, sum(least(amount, 0)), count(*) filter (where amount > 0), 0, 0, 0, count(*) filter (where amount < 0)
    from (select currency, (at at time zone 'UTC')::date as day, amount from mrr_steps) as s group by currency, day;
SQL
PGDATABASE=saas_analytics "$psql" -Xqc "vacuum analyze"
note "rows" "$(PGDATABASE=saas_analytics "$psql" -XAtqc "select string_agg(relname || ' ' || reltuples::bigint, ', ' order by relname) from pg_class
    where relname in ('task_facts', 'task_days', 'task_months', 'usage_days', 'usage_months', 'subscription_facts', 'mrr_steps', 'mrr_days') and relkind = 'r'")"

# Median and 95th percentile of a command, of so many turns after three that warm up; and what one of fifty lines of a console takes.
figures() {
    local title=$1 i
    shift
    for i in 1 2 3; do "$saasctl" analytics "$@" -o json > /dev/null; done
    : > "$scratch/turns"
    for ((i = 0; i < ${BENCH_TURNS:-40}; i++)); do microseconds "$saasctl" analytics "$@" -o json >> "$scratch/turns"; done
    alone "$title" "$(median "$scratch/turns" | awk '{ print $1 / 1000 }')" ms most 50
    note "the same, 95 of a hundred" "$(sort -n "$scratch/turns" | awk '{ v[NR] = $1 } END { printf "%.1f ms", v[int(NR * 0.95 + 0.999)] / 1000 }')"
    for ((i = 0; i < 50; i++)); do printf 'analytics %s -o json\n' "$*"; done > "$scratch/lines"
    alone "the same, a line of a console" "$(microseconds "$saasctl" repl < "$scratch/lines" | awk '{ print $1 / 50000 }')" ms most 50
}
year=$(date -u -d '365 days ago' +%F)
figures "tasks of the busiest organization, by day" tasks --org "$busiest"
figures "the same, a year by month" tasks --org "$busiest" --by month
figures "the same, a year by project" tasks --org "$busiest" --by project --since "$year"
figures "tasks of all organizations, a year by month" tasks --by month
figures "recurring revenue, by day" subscriptions --by day
figures "the same, a year by month" subscriptions --by month
figures "subscriptions by plan" subscriptions
figures "usage of all organizations, 30 days" usage
figures "usage of one, a year by month" usage --org "$busiest" --by month
figures "who has used most, 30 days" usage --by organization --entitlement api_calls
figures "the same, a year" usage --by organization --entitlement api_calls --since "$year"
note "a command that asks nothing" "$(microseconds "$saasctl" --version | awk '{ printf "%.1f ms", $1 / 1000 }')"
end_sandbox
