# What the end of a period costs: subscriptions renewed, a tenth of them on a lower plan, invoiced and told of, against one transaction of plain SQL that
# writes the same rows into a copy of the same tables, triggers and indexes included. Each side works on a copy of its own in each turn.

heading "the end of a period"
begin_sandbox
subscriptions=${BENCH_SUBSCRIPTIONS:-100000}
"$saasctl" billing plan create pro --name Pro --price '30 EUR' --limit projects=10 -o name > /dev/null
"$saasctl" billing plan create lite --name Lite --price '10 EUR' --limit projects=5 -o name > /dev/null
export PGDATABASE=saas_billing
"$psql" -Xq -v ON_ERROR_STOP=1 <<SQL
create temporary table made as
    select n, gen_random_uuid() as organization, gen_random_uuid() as subscription from generate_series(1, $subscriptions) as n;
insert into entitlement_sets (organization_id, version, event_sequence, updated_at) select organization, 1, 1, now() from made;
insert into entitlements (organization_id, key, kind, quantity) select organization, 'projects', 'static', 10 from made;
insert into subscriptions (id, organization_id, plan_version_id, status, anchor, period_start, period_end, next_plan_version_id, event_sequence,
    created_at, updated_at)
    select m.subscription, m.organization, v.id, 'active', now() - interval '40 days', now() - interval '40 days',
        now() - interval '40 days' + interval '1 month', case when m.n % 10 = 0 then l.id end, 1, now() - interval '40 days', now() - interval '40 days'
    from made as m, plan_versions as v join plans as p on p.id = v.plan_id and p.slug = 'pro',
        plan_versions as l join plans as q on q.id = l.plan_id and q.slug = 'lite';
insert into due (id, kind, subject, due_at, next_at, correlation_id)
    select gen_random_uuid(), 'subscription_renewal', id, period_end, period_end, gen_random_uuid() from subscriptions;
vacuum analyze;
SQL
cat > "$scratch/plain.sql" <<'SQL'
begin;
create temporary table renewed on commit drop as
    select s.id, s.organization_id, s.event_sequence, s.period_end as starts, s.anchor + interval '2 months' as ends, v.id as version_id, v.number,
        v.amount, v.currency, v.period, p.id as plan_id, p.slug, s.next_plan_version_id is not null as changes, gen_random_uuid() as invoice_id
    from subscriptions as s join plan_versions as v on v.id = coalesce(s.next_plan_version_id, s.plan_version_id) join plans as p on p.id = v.plan_id
    where s.status = 'active' and s.period_end <= now();
delete from due where kind = 'subscription_renewal' and due_at <= now();
update subscriptions as s set plan_version_id = r.version_id, period_start = r.starts, period_end = r.ends, next_plan_version_id = null,
    version = version + 1, event_sequence = s.event_sequence + 1, updated_at = now()
    from renewed as r where r.id = s.id;
insert into invoices (id, organization_id, subscription_id, number, kind, cause, currency, amount, line_count, period_start, period_end, issued_at)
    select invoice_id, organization_id, id, 1, 'invoice', 'renewal', currency, amount, 1, starts, ends, now() from renewed;
insert into invoice_lines (invoice_id, position, kind, plan, plan_version, period_start, period_end, days, of_days, amount)
    select invoice_id, 1, 'period', slug, number, starts, ends, (ends::date - starts::date), (ends::date - starts::date), amount from renewed;
update entitlement_sets as e set version = version + 1, event_sequence = e.event_sequence + 1, updated_at = now()
    from renewed as r where r.changes and r.organization_id = e.organization_id;
delete from entitlements as e using renewed as r where r.changes and r.organization_id = e.organization_id;
insert into entitlements (organization_id, key, kind, quantity)
    select r.organization_id, e.key, e.kind, e.quantity from renewed as r join plan_entitlements as e on e.plan_version_id = r.version_id where r.changes;
insert into due (id, kind, subject, due_at, next_at, correlation_id)
    select gen_random_uuid(), 'subscription_renewal', id, ends, ends, gen_random_uuid() from renewed;
insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
    select gen_random_uuid(), e.type, e.subject, 2, now(), r.organization_id, gen_random_uuid(), 'service:billing', e.data, sha256(e.data::text::bytea)
    from renewed as r cross join lateral (
        select case when r.changes then 'saas.subscription.changed.v1' else 'saas.subscription.renewed.v1' end, r.id,
            json_build_object('subscription_id', r.id, 'organization_id', r.organization_id, 'plan_version_id', r.version_id, 'period_start', r.starts,
                'period_end', r.ends)
        union all
        select 'saas.invoice.finalized.v1', r.invoice_id,
            json_build_object('invoice_id', r.invoice_id, 'organization_id', r.organization_id, 'subscription_id', r.id, 'kind', 'invoice', 'number', 1,
                'total', json_build_object('amount', r.amount, 'currency', r.currency), 'period_start', r.starts, 'period_end', r.ends)
        union all
        select 'saas.entitlements.updated.v1', r.organization_id,
            json_build_object('organization_id', r.organization_id, 'version', 2, 'entitlements',
                json_build_array(json_build_object('key', 'projects', 'kind', 'static', 'quantity', 5))) where r.changes
    ) as e (type, subject, data);
commit;
SQL
rows_written() {
    "$psql" -XqtA -d "$1" -c "select (select count(*) from invoices), (select count(*) from invoice_lines), (select count(*) from outbox where time > now() - interval '1 hour'),
        (select count(*) from due), (select sum(amount) from invoices), (select count(*) from entitlements where quantity = 5)"
}
# The database that the timers work on has to have the service's name, so the copies change places.
"$psql" -Xq -d postgres -c 'alter database saas_billing rename to bench_origin'
: > "$scratch/ours"
: > "$scratch/theirs"
for ((turn = 0; turn < ${BENCH_ROUNDS:-3}; turn++)); do
    "$psql" -Xq -d postgres -c 'create database saas_billing template bench_origin' -c 'create database bench_plain template bench_origin' \
        -c checkpoint
    microseconds "$psql" -Xq -v ON_ERROR_STOP=1 -d bench_plain -f "$scratch/plain.sql" >> "$scratch/theirs"
    microseconds "$saasctl" worker run --once --only billing >> "$scratch/ours"
    if [[ $(rows_written saas_billing) != "$(rows_written bench_plain)" ]]; then
        echo "the rows differ: $(rows_written saas_billing) and $(rows_written bench_plain)" >&2
        exit 1
    fi
    "$psql" -Xq -d postgres -c 'drop database bench_plain' -c 'drop database saas_billing with (force)'
done
"$psql" -Xq -d postgres -c 'alter database bench_origin rename to saas_billing'
row "$subscriptions subscriptions" "$(( $(whole "$(median "$scratch/ours")") / 1000 ))" 'plain SQL' "$(( $(whole "$(median "$scratch/theirs")") / 1000 ))" ms most 3
unset PGDATABASE
end_sandbox
