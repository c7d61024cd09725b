-- Organizations that are deleted: nothing in them can be changed. What is purged stays here, so that nothing is made for it any more.
create table frozen_organizations (
  organization_id uuid primary key,
  is_purged boolean not null default false
);
grant select, insert, update, delete on frozen_organizations to saasctl_app;
-- On the row that everybody locks who changes something in the project.
alter table projects add column is_frozen boolean not null default false;
grant delete on projects, tasks to saasctl_app;
