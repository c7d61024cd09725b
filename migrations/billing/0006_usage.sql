-- What was used of a metered entitlement, as it was reported: once under each key, whenever it comes.
create table usage_records (
  id uuid primary key,
  organization_id uuid not null,
  entitlement text not null check (entitlement ~ '^[a-z][a-z0-9_]*$' and length(entitlement) <= 60),
  key text not null check (length(key) between 1 and 200),
  quantity bigint not null check (quantity between 1 and 1000000000000),
  used_at timestamptz not null,
  recorded_at timestamptz not null check (recorded_at >= used_at),
  unique (organization_id, entitlement, key)
);
-- Summed by period.
create index usage_records_used on usage_records (organization_id, entitlement, used_at) include (quantity);
-- Removed with the organization.
grant select, insert, delete on usage_records to saasctl_app;

-- What an organization is granted beside its plan, or instead of what that says.
create table entitlement_overrides (
  organization_id uuid not null references entitlement_sets (organization_id),
  key text not null check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 60),
  kind text not null check (kind in ('boolean', 'static', 'metered')),
  quantity bigint check (quantity >= 0),
  is_soft boolean not null default false,
  updated_at timestamptz not null,
  primary key (organization_id, key),
  check (kind <> 'boolean' or quantity is null),
  check (not is_soft or quantity is not null)
);
grant select, insert, update, delete on entitlement_overrides to saasctl_app;
