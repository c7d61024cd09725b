create table organizations (
  id uuid primary key,
  slug text not null check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) between 2 and 63),
  name text not null check (length(name) between 1 and 200),
  status text not null default 'active' check (status in ('active', 'deleted')),
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index organizations_slug on organizations (slug);
create index organizations_created on organizations (created_at, id);
grant select, insert, update on organizations to saasctl_app;

create table memberships (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  -- A user of the identity service; ids are all that one service knows of another's data.
  user_id uuid not null,
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  created_at timestamptz not null,
  ended_at timestamptz,
  check (ended_at is null or ended_at >= created_at)
);
create unique index memberships_live on memberships (organization_id, user_id) where ended_at is null;
create index memberships_user on memberships (user_id) where ended_at is null;
grant select, insert, update on memberships to saasctl_app;
