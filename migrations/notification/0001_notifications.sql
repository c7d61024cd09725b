-- What a user is told inside the product. The text is made from template and data when it is shown; names and addresses are asked of
-- their owners at that moment.
create table notifications (
  id uuid primary key,
  user_id uuid not null,
  organization_id uuid,
  template text not null check (template ~ '^[a-z][a-z_]*$'),
  -- The event that this tells of: one notification per event and recipient, whatever is replayed.
  event_id uuid not null,
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  created_at timestamptz not null,
  read_at timestamptz check (read_at >= created_at)
);
create unique index notifications_once on notifications (event_id, user_id);
create index notifications_user on notifications (user_id, created_at desc, id desc);
grant select, insert, update on notifications to saasctl_app;
