create table projects (
  id uuid primary key,
  organization_id uuid not null,
  key text not null check (key ~ '^[A-Z][A-Z0-9]{1,9}$'),
  name text not null check (length(name) between 1 and 200),
  status text not null default 'active' check (status in ('active', 'archived')),
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index projects_key on projects (organization_id, key);
grant select, insert, update on projects to saasctl_app;
