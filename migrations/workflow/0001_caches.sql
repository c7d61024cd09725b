-- What the workflow service knows of the others, from their events alone. Rows may arrive in any order between two sources, so nothing
-- here refers to anything else.
create table membership_cache (
  organization_id uuid not null,
  user_id uuid not null,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  -- The organization's event sequence that this is the state of; an older event never overwrites a newer one.
  sequence bigint not null check (sequence > 0),
  primary key (organization_id, user_id)
);
create index membership_cache_user on membership_cache (user_id);
grant select, insert, update, delete on membership_cache to saasctl_app;

create table entitlement_set_cache (
  organization_id uuid primary key,
  version bigint not null check (version > 0)
);
grant select, insert, update, delete on entitlement_set_cache to saasctl_app;

create table entitlement_cache (
  organization_id uuid not null references entitlement_set_cache (organization_id) on delete cascade,
  key text not null,
  kind text not null,
  quantity bigint,
  primary key (organization_id, key)
);
grant select, insert, update, delete on entitlement_cache to saasctl_app;
