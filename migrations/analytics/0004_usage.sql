-- How far the usage of an organization has been counted: its events come in the order of this number.
create table usage_sequences (
  organization_id uuid primary key,
  sequence bigint not null check (sequence > 0)
);
grant select, insert, update, delete on usage_sequences to saasctl_app;

-- What was used of an entitlement on a day (UTC), and how often a limit was reached. The rows of the nil UUID are the sums over all organizations.
create table usage_days (
  organization_id uuid not null,
  entitlement text not null,
  day date not null,
  quantity bigint not null check (quantity >= 0),
  records bigint not null check (records >= 0),
  limits_reached bigint not null check (limits_reached >= 0),
  primary key (organization_id, entitlement, day)
) with (fillfactor = 70);
-- Who has used most.
create index usage_days_entitlement on usage_days (entitlement, day);
grant select, insert, update, delete on usage_days to saasctl_app;
