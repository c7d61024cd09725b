-- How far each lane (one consumer reading one source) has come. Lives in the consumer's database and commits with the effects.
-- Appended, never updated: an updated row decays while somebody holds a snapshot. The row with the highest seq is the head.
create table checkpoints (
  consumer text not null,
  source text not null,
  seq bigint not null check (seq > 0),
  -- Everything visible in lo is done.
  lo pg_snapshot not null,
  -- The open window: what is visible in hi and not in lo. Null between windows.
  hi pg_snapshot,
  floor bigint,
  ceil bigint,
  late xid8[] not null default '{}',
  -- The last position applied, inside the open window or at the end of the last one.
  position bigint not null,
  -- Which incarnation of the source this counts in: system identifier, timeline, database, outbox.
  epoch text not null,
  -- The last applied events. They must still be in the source when a worker comes back.
  tail_positions bigint[] not null,
  tail_ids uuid[] not null,
  events bigint not null check (events >= 0),
  applied_at timestamptz not null,
  primary key (consumer, source, seq),
  check ((hi is null) = (floor is null) and (hi is null) = (ceil is null)),
  check (hi is not null or late = '{}'),
  check (cardinality(tail_positions) = cardinality(tail_ids))
);
grant select, insert, delete on checkpoints to saasctl_app;
