-- What `saasctl org create` does, as psql would: the statements and the transaction are the same, the hashes are not computed.
\set ON_ERROR_STOP on
begin;
insert into slugs (slug, organization_id, created_at) values (:'slug', gen_random_uuid(), now())
    on conflict (slug) do nothing returning organization_id as id \gset
insert into organizations (id, slug, name, event_sequence, created_at, updated_at) values (:'id', :'slug', :'slug', 2, now(), now());
insert into memberships (id, organization_id, user_id, role, created_at) values (gen_random_uuid(), :'id', :'owner', 'owner', now()) returning id \g /dev/null
insert into operations (id, at, command, flags, actor, profile, os_user, correlation_id, version)
    values (gen_random_uuid(), now(), 'org create', '{--owner}', 'operator:psql', 'bench', 'psql', gen_random_uuid(), '0.1.0');
select case when not pg_try_advisory_xact_lock_shared(hashtextextended('saasctl.outbox.sleep', 0)) then pg_notify('saasctl_outbox', '')::text end \g /dev/null
insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
    select gen_random_uuid(), t.type, :'id', t.sequence, now(), :'id', gen_random_uuid(), 'operator:psql',
        t.data, sha256('') from
        (values (1, 'saas.organization.created.v1', json_build_object('organization_id', :'id', 'owner_id', :'owner')),
            (2, 'saas.member.added.v1', json_build_object('organization_id', :'id', 'user_id', :'owner', 'role', 'owner'))) as t (sequence, type, data);
commit;
