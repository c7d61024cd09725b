-- Every slug that an organization goes by or ever went by: scripts that use an old one find the organization, and nobody else can take it.
-- `organizations.slug` is the one of them that is shown.
create table slugs (
  slug text primary key check (slug ~ '^[a-z0-9](-?[a-z0-9])*$' and length(slug) between 2 and 63),
  -- Looked at when the transaction ends: a slug is taken before the organization that it is for is made.
  organization_id uuid not null references organizations (id) deferrable initially deferred,
  created_at timestamptz not null
);
insert into slugs (slug, organization_id, created_at) select slug, id, created_at from organizations;
grant select, insert on slugs to saasctl_app;

-- For the list of those who are members now, page by page.
create index memberships_created on memberships (organization_id, created_at, id) where ended_at is null;
-- Whose last owner may not go is asked at each change of an owner.
create index memberships_owners on memberships (organization_id) where ended_at is null and role = 'owner';
