-- Organizations that are gone for good. What comes of them later, from a source that is behind, is not kept.
create table purged_organizations (
  organization_id uuid primary key
);
grant select, insert, update, delete on purged_organizations to saasctl_app;

-- What a later event of a task does not say itself.
create table task_facts (
  task_id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null,
  created_at timestamptz not null,
  started_at timestamptz,
  sequence bigint not null check (sequence > 0)
);
create index task_facts_organization on task_facts (organization_id);
grant select, insert, update, delete on task_facts to saasctl_app;

-- What happened to the tasks of a project on a day (UTC). The rows of the nil UUIDs are the sums over all organizations.
create table task_days (
  organization_id uuid not null,
  day date not null,
  project_id uuid not null,
  created bigint not null check (created >= 0),
  completed bigint not null check (completed >= 0),
  reopened bigint not null check (reopened >= 0),
  cancelled bigint not null check (cancelled >= 0),
  cycle_tasks bigint not null check (cycle_tasks >= 0),
  cycle_seconds bigint not null check (cycle_seconds >= 0),
  lead_seconds bigint not null check (lead_seconds >= 0),
  primary key (organization_id, day, project_id)
) with (fillfactor = 70);
grant select, insert, update, delete on task_days to saasctl_app;

-- How many of the completed tasks took how long, in classes that widen with the time (Sources/Domains/Analytics/Service/TimeScale.swift).
create table task_times (
  organization_id uuid not null,
  day date not null,
  project_id uuid not null,
  measure text not null check (measure in ('cycle', 'lead')),
  class smallint not null check (class >= 0),
  tasks bigint not null check (tasks >= 0),
  primary key (organization_id, day, project_id, measure, class)
) with (fillfactor = 70);
grant select, insert, update, delete on task_times to saasctl_app;
