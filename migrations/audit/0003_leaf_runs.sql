-- The leaves of the Merkle tree (RFC 9162, section 2.1) in their final order, many to a row: the sequencer takes entries of one source in the
-- order of their ordinals, so that leaves and ordinals rise side by side.
create table leaf_runs (
  first_leaf bigint primary key check (first_leaf >= 0),
  source text not null,
  first_ordinal bigint not null,
  entries int not null check (entries > 0),
  -- Of each leaf the 32 bytes of SHA-256(0x00 || leaf), one after the other. A leaf is the byte 0x01, the length of the source's name as one
  -- byte, the name, the position as 8 bytes and the event's 32-byte hash.
  hashes bytea not null check (octet_length(hashes) = entries * 32),
  unique (source, first_ordinal)
);
-- Hashes do not compress, and parts of them are read.
alter table leaf_runs alter column hashes set storage external;
grant select, insert on leaf_runs to saasctl_app;

insert into leaf_runs (first_leaf, source, first_ordinal, entries, hashes)
  select min(leaf), source, min(ordinal), count(*), string_agg(hash, ''::bytea order by leaf)
  from (select *, leaf - ordinal as run, leaf / 10000 as part from leaves) as l group by source, run, part;

drop table leaves;

-- For people: a row per leaf.
create view leaves as
  select r.first_leaf + n as leaf, r.source, r.first_ordinal + n as ordinal, substr(h.hashes, n * 32 + 1, 32) as hash
  from leaf_runs as r
  -- Fetched once for each run instead of once for each leaf.
  cross join lateral (select r.hashes || ''::bytea as hashes offset 0) as h
  cross join lateral generate_series(0, r.entries - 1) as n;
grant select on leaves to saasctl_app;

create trigger leaf_runs_append_only before update or delete or truncate on leaf_runs for each statement execute function refuse_change();
alter table leaf_runs enable always trigger leaf_runs_append_only;
