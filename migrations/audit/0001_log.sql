-- Every event of every service, as it was stored by its owner. Append only: the role that runs commands may insert and select, and the
-- triggers below refuse everything else, the owner's own slips included.
create table entries (
  source text not null,
  -- Dense per source, in the order of arrival: 1, 2, 3 …
  ordinal bigint not null check (ordinal > 0),
  position bigint not null,
  id uuid not null,
  type text not null,
  subject uuid not null,
  sequence bigint not null,
  time timestamptz not null,
  organization_id uuid,
  correlation_id uuid not null,
  causation_id uuid,
  actor text not null,
  traceparent text,
  data json not null,
  hash bytea not null,
  primary key (source, ordinal),
  unique (source, position)
);
create index entries_time on entries (time, id);
create index entries_organization on entries (organization_id, time, id);
create index entries_correlation on entries (correlation_id);
create index entries_subject on entries (subject, sequence);
grant select, insert on entries to saasctl_app;

-- The leaves of the Merkle tree (RFC 9162, section 2.1) in their final order. hash = SHA-256(0x00 || leaf), where leaf is the byte 0x01,
-- the length of the source's name as one byte, the name, the position as 8 bytes and the event's 32-byte hash.
create table leaves (
  leaf bigint primary key check (leaf >= 0),
  source text not null,
  ordinal bigint not null,
  hash bytea not null check (octet_length(hash) = 32),
  unique (source, ordinal)
);
grant select, insert on leaves to saasctl_app;

-- The tree after each batch of leaves: its root, and the roots of the complete subtrees from which the next batch goes on.
create table tree_heads (
  size bigint primary key check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  frontier bytea[] not null,
  -- How many heads have been published as events up to this one.
  event_sequence bigint not null check (event_sequence >= 0),
  made_at timestamptz not null
);
grant select, insert on tree_heads to saasctl_app;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only: % on % is refused', tg_op, tg_table_name using errcode = '42501';
end $$;

create trigger entries_append_only before update or delete or truncate on entries for each statement execute function refuse_change();
create trigger leaves_append_only before update or delete or truncate on leaves for each statement execute function refuse_change();
create trigger tree_heads_append_only before update or delete or truncate on tree_heads for each statement execute function refuse_change();
-- Always: a session that runs as a replica would otherwise not fire them.
alter table entries enable always trigger entries_append_only;
alter table leaves enable always trigger leaves_append_only;
alter table tree_heads enable always trigger tree_heads_append_only;
