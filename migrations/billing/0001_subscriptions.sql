create table plans (
  id uuid primary key,
  slug text not null check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) between 2 and 63),
  name text not null check (length(name) between 1 and 200),
  status text not null default 'active' check (status in ('active', 'retired')),
  -- The plan of an organization that chose none.
  is_default boolean not null default false,
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  created_at timestamptz not null
);
create unique index plans_slug on plans (slug);
create unique index plans_one_default on plans (is_default) where is_default;
grant select, insert, update on plans to saasctl_app;

-- What a plan costs and grants. Never changed: a change is a new version, and old subscribers stay on theirs.
create table plan_versions (
  id uuid primary key,
  plan_id uuid not null references plans (id),
  number int not null check (number > 0),
  amount bigint not null check (amount >= 0),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  period text not null check (period in ('month', 'year')),
  published_at timestamptz not null,
  unique (plan_id, number)
);
grant select, insert on plan_versions to saasctl_app;

create table plan_entitlements (
  plan_version_id uuid not null references plan_versions (id),
  key text not null check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 60),
  kind text not null check (kind in ('boolean', 'static', 'metered')),
  -- Null: without a limit. A boolean entitlement that is off is left out of the plan.
  quantity bigint check (quantity >= 0),
  primary key (plan_version_id, key),
  check (kind <> 'boolean' or quantity is null)
);
grant select, insert on plan_entitlements to saasctl_app;

create table subscriptions (
  id uuid primary key,
  organization_id uuid not null,
  plan_version_id uuid not null references plan_versions (id),
  status text not null check (status in ('active', 'cancelled')),
  -- [period_start, period_end), in UTC.
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end > period_start),
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index subscriptions_one_active on subscriptions (organization_id) where status = 'active';
create index subscriptions_created on subscriptions (created_at, id);
grant select, insert, update on subscriptions to saasctl_app;

-- One row per organization is the aggregate behind EntitlementsUpdated: its version is what consumers compare.
create table entitlement_sets (
  organization_id uuid primary key,
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  updated_at timestamptz not null
);
grant select, insert, update on entitlement_sets to saasctl_app;

create table entitlements (
  organization_id uuid not null references entitlement_sets (organization_id),
  key text not null,
  kind text not null check (kind in ('boolean', 'static', 'metered')),
  quantity bigint check (quantity >= 0),
  primary key (organization_id, key)
);
grant select, insert, update, delete on entitlements to saasctl_app;
