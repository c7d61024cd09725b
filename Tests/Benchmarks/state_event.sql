-- A change of state and its event in one transaction, as OutboxWriter appends it: what an event consists of comes from the writer, also its id, and
-- a worker is notified only where one sleeps.
\set a random(1, 2000)
\set high random(1000000000000000, 9999999999999999)
\set low random(1000000000000000, 9999999999999999)
with o as (update organizations set updated_at = now(), event_sequence = event_sequence + 1 where slug = 'load-' || :a returning id, event_sequence)
insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
select (:high::text || :low::text)::uuid, 'saas.member.added.v1', id, event_sequence, now(), id, id, 'operator', :data,
    '\x00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff' from o
returning case when not pg_try_advisory_xact_lock_shared(hashtextextended('saasctl.outbox.sleep', 0)) then pg_notify('saasctl_outbox', '')::text end;
