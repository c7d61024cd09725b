-- The outbox: what this service tells the others. Producers insert in the transaction of their change; nothing is ever updated or
-- deleted row by row, so there is no bloat and no lock between producers and workers. Old partitions are dropped whole.
--
-- position is assigned before commit and so says nothing about visibility; txid is what windows are cut by. `cache 1` keeps positions
-- of two sessions from being handed out in blocks, which would break the order within an aggregate.
create table outbox (
  position bigint generated always as identity (cache 1),
  txid xid8 not null default pg_current_xact_id(),
  id uuid not null,
  type text not null check (type ~ '^saas(\.[a-z][a-z_]*)+\.v[1-9][0-9]*$' and length(type) <= 200),
  subject uuid not null,
  sequence bigint not null check (sequence > 0),
  time timestamptz not null,
  organization_id uuid,
  correlation_id uuid not null,
  causation_id uuid,
  actor text not null check (length(actor) between 1 and 200),
  traceparent text check (length(traceparent) <= 100),
  -- json, not jsonb: it keeps the text, and the text is what the hash covers.
  data json not null,
  hash bytea not null check (octet_length(hash) = 32),
  primary key (position)
) partition by range (position);

create index outbox_txid_position on outbox (txid, position);

-- The net under the partitions: rows land here only if nobody extended the outbox in time.
create table outbox_default partition of outbox default;

grant select, insert on outbox to saasctl_app;

-- Which partitions there are, so that nobody has to parse catalog expressions to find the next bound.
create table outbox_partitions (
  name text primary key,
  lower bigint not null unique,
  upper bigint not null unique,
  check (lower < upper)
);
grant select on outbox_partitions to saasctl_app;

-- Keeps `ahead` whole partitions beyond the one in use. Runs with the rights of the owner, because the role that runs the worker may
-- not create tables. Creates, then attaches: attaching does not make producers wait, creating as a partition would. Attaching needs the
-- default partition for itself, so it gives up where somebody (pg_dump) reads it for long: all readers would queue up behind.
create function outbox_extend(ahead int default 2, partition_size bigint default 5000000) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp set lock_timeout = '2s' as $$
declare
  used bigint;
  top bigint;
  partition text;
  made int := 0;
begin
  if ahead not between 1 and 10 or partition_size not between 1000 and 1000000000 then
    raise exception 'partitions ahead must be 1 to 10, their size 1000 to 1000000000' using errcode = '22023';
  end if;
  select coalesce(last_value, 0) into used from pg_sequences
    where schemaname = 'public' and sequencename = 'outbox_position_seq';
  select coalesce(max(upper), 1) into top from public.outbox_partitions;
  if top > used + ahead * partition_size then
    return 0;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('saasctl.outbox_extend', 0));
  select coalesce(max(upper), 1) into top from public.outbox_partitions;
  -- No partition can be attached over rows that the net has caught. They stay there, and so does what is on its way at this moment.
  if exists (select from public.outbox_default where position >= top) then
    top := greatest(top, used + 100000);
  end if;
  while top <= used + ahead * partition_size loop
    partition := format('outbox_%s', to_char(top, 'FM000000000000000'));
    execute format('create table public.%I (like public.outbox including defaults including constraints including indexes)', partition);
    execute format('alter table public.outbox attach partition public.%I for values from (%s) to (%s)', partition, top, top + partition_size);
    insert into public.outbox_partitions (name, lower, upper) values (partition, top, top + partition_size);
    top := top + partition_size;
    made := made + 1;
  end loop;
  return made;
end $$;
revoke all on function outbox_extend(int, bigint) from public;
grant execute on function outbox_extend(int, bigint) to saasctl_app;

select outbox_extend();
