-- Retention: old partitions of the outbox are dropped whole, once every consumer has them. What went is recorded, so that the audit log can
-- be shown to have all of it.
create table outbox_drops (
  name text primary key,
  lower bigint not null unique,
  upper bigint not null unique,
  events bigint not null check (events >= 0),
  -- As outbox_digest computes it.
  hash bytea not null check (octet_length(hash) = 32),
  -- The latest time of its events.
  newest timestamptz,
  -- Who had passed it, and by which snapshot: every event was visible in each of these.
  consumers text[] not null,
  snapshots pg_snapshot[] not null,
  dropped_at timestamptz not null,
  dropped_by text not null default session_user,
  check (lower < upper),
  check ((events = 0) = (newest is null)),
  check (cardinality(consumers) > 0 and cardinality(consumers) = cardinality(snapshots))
);
grant select on outbox_drops to saasctl_app;

-- A partition is past when the last position handed out lies beyond it.
grant select on sequence outbox_position_seq to saasctl_app;

-- Count, hash and latest time of the events from position `lower` to below `upper`. The hash has two levels, so that it takes the memory
-- of one block, whatever the size of the partition: a block is 8192 positions, counted from `lower`; its digest is SHA-256 over position
-- (8 bytes, big-endian) and hash of each of its events, by position; the hash of all is SHA-256 over the digests, by position, of the
-- blocks that have events. One statement, and so one snapshot.
create function outbox_digest(lower bigint, upper bigint, out events bigint, out hash bytea, out newest timestamptz)
language sql stable set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
  select coalesce(sum(b.events), 0)::bigint, sha256(coalesce(string_agg(b.digest, ''::bytea order by s.first), ''::bytea)), max(b.newest)
  from generate_series(outbox_digest.lower, outbox_digest.upper - 1, 8192) as s (first)
  cross join lateral (
    select count(*) as events, sha256(string_agg(int8send(o.position) || o.hash, ''::bytea order by o.position)) as digest,
      max(o.time) as newest
    from public.outbox as o
    where o.position >= s.first and o.position < s.first + 8192
      and o.position >= outbox_digest.lower and o.position < outbox_digest.upper) as b
$$;
revoke all on function outbox_digest(bigint, bigint) from public;
grant execute on function outbox_digest(bigint, bigint) to saasctl_app;

-- Which of the snapshots leave an event of the partition invisible, counted from 1; null where there is no such partition. A transaction
-- is invisible in a snapshot where it had not begun (xmax) or was running (xip): a few looks at the index, however many events there are.
create function outbox_unseen(partition text, snapshots pg_snapshot[]) returns bigint[]
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
  unseen bigint[];
begin
  if not exists (select from public.outbox_partitions as p where p.name = partition) then
    return null;
  end if;
  execute format(
    'select array(select s.nth from unnest($1) with ordinality as s (snapshot, nth)
       where exists (select from public.%1$I as o where o.txid >= pg_snapshot_xmax(s.snapshot))
         or exists (select from pg_snapshot_xip(s.snapshot) as x (xid)
           cross join lateral (select from public.%1$I as o where o.txid = x.xid limit 1) as late) order by s.nth)', partition)
    into unseen using snapshots;
  return unseen;
exception when undefined_table then
  return null;
end $$;
revoke all on function outbox_unseen(text, pg_snapshot[]) from public;
grant execute on function outbox_unseen(text, pg_snapshot[]) to saasctl_app;

-- Drops the oldest partition, or says why not: 'dropped', 'gone' (somebody else was faster), 'needed' (an event is not visible in one of
-- the snapshots). Runs with the rights of the owner, because the role that runs commands may not drop tables.
--
-- It needs the outbox for itself, and whoever comes while it waits for that queues up behind it, producers too. So it waits 50 ms and not
-- longer (55P03), takes what else it needs only where nobody has it, and does nothing under the lock that grows with the partition:
-- count and hash come from the caller, who computed them before from rows that nobody can change. No transaction can still have
-- uncommitted rows in the partition once its lock is had, so that the look at it under the lock is the last word: a snapshot of the past
-- in which all rows are visible leaves none that the caller has not counted.
create function outbox_drop(
  partition text, consumers text[], snapshots pg_snapshot[], events bigint, hash bytea, newest timestamptz, dropped_at timestamptz
) returns text
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
set lock_timeout = '50ms' as $$
declare
  bounds public.outbox_partitions%rowtype;
  used bigint;
begin
  -- Otherwise the look under the lock would see what was there before it.
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'a partition is dropped in a read committed transaction only' using errcode = '25000';
  end if;
  if coalesce(cardinality(snapshots), 0) = 0 or array_position(snapshots, null) is not null then
    raise exception 'a partition is dropped only where the consumers that have passed it are known' using errcode = '22023';
  end if;
  lock table only public.outbox in access exclusive mode;
  select * into bounds from public.outbox_partitions as p where p.name = partition;
  if not found then
    return 'gone';
  end if;
  select coalesce(s.last_value, 0) into used from pg_sequences as s
    where s.schemaname = 'public' and s.sequencename = 'outbox_position_seq';
  if bounds.upper > used or exists (select from public.outbox_partitions as p where p.lower < bounds.lower) then
    raise exception 'partition % is not the oldest, or still in use', partition using errcode = '55006';
  end if;
  execute format('lock table public.%I, public.outbox_default in access exclusive mode nowait', partition);
  if public.outbox_unseen(partition, snapshots) <> '{}' then
    return 'needed';
  end if;
  insert into public.outbox_drops (name, lower, upper, events, hash, newest, consumers, snapshots, dropped_at)
    values (partition, bounds.lower, bounds.upper, events, hash, newest, consumers, snapshots, dropped_at);
  delete from public.outbox_partitions as p where p.name = partition;
  execute format('drop table public.%I', partition);
  return 'dropped';
end $$;
revoke all on function outbox_drop(text, text[], pg_snapshot[], bigint, bytea, timestamptz, timestamptz) from public;
grant execute on function outbox_drop(text, text[], pg_snapshot[], bigint, bytea, timestamptz, timestamptz) to saasctl_app;
