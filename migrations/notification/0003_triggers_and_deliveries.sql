-- What the text is made from besides the template: ids, roles and times, and nothing that only one person may know.
alter table notifications add column data json not null default '{}' check (json_typeof(data) = 'object');
create index notifications_unread on notifications (user_id, created_at desc, id desc) where read_at is null;

-- What leaves the system, and how far it is. Whom it goes to is an id; the address is asked of its owner when it is sent.
create table deliveries (
  -- Made of the event, so that what is sent twice has one id by which the receiver can tell.
  id uuid primary key,
  event_id uuid not null,
  channel text not null check (channel ~ '^[a-z][a-z_]*$'),
  recipient_kind text not null check (recipient_kind in ('user', 'invitation')),
  recipient_id uuid not null,
  organization_id uuid,
  template text not null check (template ~ '^[a-z][a-z_]*$'),
  data json not null default '{}' check (json_typeof(data) = 'object'),
  state text not null default 'due' check (state in ('due', 'delivered', 'failed')),
  -- Counts those that were begun; whoever sends writes its outcome only where the number is still its own.
  attempts int not null default 0 check (attempts >= 0),
  -- The first instant at which it is of no use any more.
  expires_at timestamptz,
  due_at timestamptz check ((state = 'due') = (due_at is not null)),
  finished_at timestamptz check ((state = 'due') = (finished_at is null)),
  -- Of the last attempt that failed.
  error_code text check (error_code ~ '^[A-Z][A-Z0-9_]*$'),
  event_sequence bigint not null check (event_sequence >= 1),
  created_at timestamptz not null,
  check (state <> 'failed' or (error_code is not null and attempts > 0))
);
create unique index deliveries_once on deliveries (event_id, recipient_id, channel);
create index deliveries_listed on deliveries (created_at desc, id desc);
create index deliveries_open on deliveries (state, created_at desc, id desc) where state <> 'delivered';
create index deliveries_recipient on deliveries (recipient_id, created_at desc, id desc);
create index deliveries_organization on deliveries (organization_id, created_at desc, id desc) where organization_id is not null;
grant select, insert, update, delete on deliveries to saasctl_app;

-- Nobody is told anything of them any more, whichever source is read first.
create table erased_users (
  user_id uuid primary key
);
create table purged_organizations (
  organization_id uuid primary key
);
grant select, insert on erased_users, purged_organizations to saasctl_app;
