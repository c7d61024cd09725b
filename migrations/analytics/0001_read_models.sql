-- Which read models exist and since when. A model is rebuilt under a new generation.
create table read_models (
  name text primary key check (name ~ '^[a-z][a-z_]*$'),
  id uuid not null,
  generation int not null default 1 check (generation > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  started_at timestamptz not null
);
grant select, insert, update on read_models to saasctl_app;

-- How many events of each type happened on each day (UTC).
create table event_counts (
  day date not null,
  type text not null,
  events bigint not null check (events > 0),
  primary key (day, type)
) with (fillfactor = 70);
grant select, insert, update, delete on event_counts to saasctl_app;

-- The names of plans come from events of another source than their use, in any order.
create table plan_facts (
  plan_id uuid primary key,
  slug text not null
);
grant select, insert, update, delete on plan_facts to saasctl_app;

create table subscription_facts (
  subscription_id uuid primary key,
  organization_id uuid not null,
  plan_id uuid not null,
  status text not null check (status in ('active', 'cancelled')),
  amount bigint not null,
  currency text not null,
  period text not null,
  activated_at timestamptz not null,
  sequence bigint not null check (sequence > 0)
);
create index subscription_facts_plan on subscription_facts (plan_id, status);
grant select, insert, update, delete on subscription_facts to saasctl_app;
