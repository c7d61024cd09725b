-- The project's row hands out the numbers of its tasks, under its lock, so that there are no gaps.
alter table projects add column task_count bigint not null default 0 check (task_count >= 0);
create index projects_newest on projects (organization_id, created_at desc, id desc);

create table tasks (
  id uuid primary key,
  organization_id uuid not null,
  project_id uuid not null references projects (id),
  number bigint not null check (number > 0),
  title text not null check (length(title) between 1 and 200),
  description text check (length(description) between 1 and 10000),
  status text not null check (status in ('backlog', 'todo', 'in_progress', 'in_review', 'done', 'cancelled')),
  priority text not null check (priority in ('none', 'low', 'medium', 'high', 'urgent')),
  assignee_id uuid,
  due_at timestamptz,
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null check (event_sequence > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  completed_at timestamptz,
  check ((status = 'done') = (completed_at is not null)),
  unique (project_id, number)
);
-- Lists are ordered newest first, whatever they are narrowed to. By status, open tasks are counted too; by assignee, those of somebody who
-- has left are found.
create index tasks_newest on tasks (organization_id, created_at desc, id desc);
create index tasks_of_project on tasks (project_id, created_at desc, id desc);
create index tasks_by_status on tasks (organization_id, status, created_at desc, id desc) include (project_id);
create index tasks_by_assignee on tasks (organization_id, assignee_id, created_at desc, id desc) where assignee_id is not null;
grant select, insert, update on tasks to saasctl_app;
