-- Events that a consumer of this service could not apply, and what waits behind them: later events of the same aggregates, in order.
-- The whole event is kept, because its outbox may drop it meanwhile.
create table dead_letters (
  -- In the order in which the lane met them, which within an aggregate is their order.
  turn bigint generated always as identity,
  consumer text not null,
  source text not null,
  -- retrying: tried again when due; dead: waits for an operator; parked: waits for an earlier event of its aggregate.
  state text not null check (state in ('retrying', 'dead', 'parked')),
  attempts int not null check (attempts >= 0),
  due_at timestamptz,
  attempted_at timestamptz,
  parked_at timestamptz not null,
  -- Of the last attempt.
  error_code text,
  error text,
  error_detail text,
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
  primary key (consumer, source, turn),
  unique (consumer, source, position),
  check ((state = 'retrying') = (due_at is not null)),
  check (state = 'parked' or error_code is not null)
);
create index dead_letters_subject on dead_letters (consumer, source, subject, turn);
create index dead_letters_id on dead_letters (id);
grant select, insert, update, delete on dead_letters to saasctl_app;
