-- Puts :organizations organizations into the organization service's database with two events each, as `org create` would, a hundred in a
-- transaction. To be run by the owner of the tables.
\set ON_ERROR_STOP on
set client_min_messages = warning;
create function pg_temp.field(bytes bytea) returns bytea language sql immutable as
    $$ select case when bytes is null then int4send(-1) else int4send(octet_length(bytes)) || bytes end $$;
create temp table load_wanted as select :organizations::int as organizations, (select count(*) from organizations)::int as before;
create function pg_temp.make(first int, last int) returns void language sql as $$
    with o as (
        insert into organizations (id, slug, name, event_sequence, created_at, updated_at)
        select gen_random_uuid(), 'load-' || n, 'Load ' || n, 2, now(), now() from generate_series(first, last) as n
        returning id, created_at),
    m as (
        insert into memberships (id, organization_id, user_id, role, created_at)
        select gen_random_uuid(), id, id, 'owner', created_at from o returning organization_id),
    e as (
        select gen_random_uuid() as id, t.type, o.id as subject, t.sequence, o.created_at as time, gen_random_uuid() as correlation,
            case t.sequence when 1 then json_build_object('organization_id', o.id, 'owner_id', o.id)
                else json_build_object('organization_id', o.id, 'user_id', o.id, 'role', 'owner') end as data
        from o join m on m.organization_id = o.id,
            (values (1, 'saas.organization.created.v1'), (2, 'saas.member.added.v1')) as t (sequence, type))
    insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
    select id, type, subject, sequence, time, subject, correlation, 'operator:load', data,
        sha256('\x01'::bytea || pg_temp.field(uuid_send(id)) || pg_temp.field('organization') || pg_temp.field(convert_to(type, 'UTF8'))
            || pg_temp.field(uuid_send(subject)) || pg_temp.field(int8send(sequence)) || pg_temp.field(timestamptz_send(time))
            || pg_temp.field(uuid_send(subject)) || pg_temp.field(uuid_send(correlation)) || pg_temp.field(null)
            || pg_temp.field('operator:load') || pg_temp.field(null) || pg_temp.field(convert_to(data::text, 'UTF8')))
    from e order by subject, sequence
$$;
do $$
declare
    wanted record;
begin
    select * into wanted from load_wanted;
    for batch in 0 .. (wanted.organizations - 1) / 100 loop
        perform pg_temp.make(wanted.before + batch * 100 + 1, wanted.before + least(batch * 100 + 100, wanted.organizations));
        commit;
    end loop;
end $$;
