-- How lanes went on after this outbox had been restored, failed over or dumped into another cluster (docs/outbox.md, "After a restore").
-- What was decided stays here until every lane has gone over, so that a rebase that was killed goes on as it began.
create table outbox_rebases (
  id bigint generated always as identity primary key,
  -- Which incarnation of the outbox the lanes go over to.
  epoch text not null,
  -- goes_on: the checkpoints were carried over; starts_anew: the old rows were retired, and lanes begin behind them.
  way text not null check (way in ('goes_on', 'starts_anew')),
  -- Rows beyond this position were written since.
  last_position bigint not null,
  -- Rows of this transaction and of later ones were written since; null where the transaction ids tell by themselves.
  new_txid xid8,
  decided_at timestamptz not null,
  retired_at timestamptz,
  ended_at timestamptz
);
grant select, insert, update on outbox_rebases to saasctl_app;

-- A source that has lost events hands out their positions again: the id tells them apart.
alter table dead_letters drop constraint dead_letters_consumer_source_position_key;
alter table dead_letters add constraint dead_letters_event unique (consumer, source, id);
