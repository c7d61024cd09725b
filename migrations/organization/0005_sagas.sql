alter table organizations drop constraint organizations_status_check,
  add constraint organizations_status_check check (status in ('active', 'deleted', 'purged'));
-- What is purged has no name any more; the row and its slugs stay, so that nobody else is taken for it.
alter table organizations alter column name drop not null,
  add constraint organizations_name_there check ((name is null) = (status = 'purged'));
alter table organizations add column deleted_at timestamptz,
  -- Until when a deletion can be taken back.
  add column purge_at timestamptz,
  add constraint organizations_deletion check ((deleted_at is null) = (status = 'active') and (purge_at is null) = (status = 'active'));
-- Lists show those that are active unless they are asked for others.
create index organizations_gone on organizations (status, created_at, id) where status <> 'active';
grant delete on memberships, invitations to saasctl_app;

-- What several services do together, step by step, with a way back.
create table sagas (
  id uuid primary key,
  kind text not null check (kind in ('organization_deletion')),
  organization_id uuid not null references organizations (id),
  -- running: steps are asked for; failed: one has given up; waiting: all are done, until grace_ends_at; compensating, compensation_failed: the
  -- same on the way back. completed and compensated are for good.
  state text not null check (state in ('running', 'failed', 'waiting', 'completed', 'compensating', 'compensation_failed', 'compensated')),
  grace_ends_at timestamptz not null,
  correlation_id uuid not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  check ((ended_at is null) = (state not in ('completed', 'compensated')))
);
-- The next one begins when the former has ended.
create unique index sagas_live on sagas (organization_id) where ended_at is null;
create index sagas_organization on sagas (organization_id, started_at, id);
create index sagas_started on sagas (started_at, id);
create index sagas_open on sagas (started_at, id) where ended_at is null;
grant select, insert, update on sagas to saasctl_app;

create table saga_steps (
  id uuid primary key,
  saga_id uuid not null references sagas (id),
  number int not null check (number > 0),
  action text not null,
  -- The way back.
  is_undo boolean not null default false,
  -- requested: the answer is awaited; retrying: it was no, and the step is asked for again when that is due; failed: that was often enough.
  state text not null check (state in ('requested', 'retrying', 'done', 'failed')),
  -- How often the step has been asked for, in both directions. An answer names the request that it is to.
  requests int not null check (requests > 0),
  -- Answers in a row that said no.
  attempts int not null default 0 check (attempts >= 0),
  error text,
  requested_at timestamptz not null,
  ended_at timestamptz,
  -- Counts the events here of which the step is the subject.
  event_sequence bigint not null check (event_sequence > 0),
  unique (saga_id, number),
  check ((ended_at is null) = (state <> 'done'))
);
grant select, insert, update on saga_steps to saasctl_app;

-- The step that has revoked it, which can take that back.
alter table invitations add column revoked_by uuid references saga_steps (id), add check (revoked_by is null or status = 'revoked');
create index invitations_revoked_by on invitations (revoked_by) where revoked_by is not null;
