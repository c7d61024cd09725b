create table invitations (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  email text not null check (length(email) between 3 and 320),
  -- What makes two addresses the same: trimmed, lower case, Unicode NFC.
  email_normalized text not null check (length(email_normalized) between 3 and 320),
  role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
  -- SHA-256 of the token, which is kept nowhere.
  token_hash bytea not null check (length(token_hash) = 32),
  -- One whose time is up may be pending here still; whoever reads it takes it for expired.
  status text not null default 'pending' check (status in ('pending', 'accepted', 'rejected', 'revoked', 'expired')),
  created_at timestamptz not null,
  -- The first instant at which it can no more be accepted.
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- The user of the identity service who accepted it.
  user_id uuid,
  check (expires_at > created_at),
  check ((ended_at is null) = (status = 'pending')),
  check (ended_at is null or ended_at >= created_at),
  check ((user_id is not null) = (status = 'accepted'))
);
create unique index invitations_live on invitations (organization_id, email_normalized) where status = 'pending';
create index invitations_email on invitations (organization_id, email_normalized, created_at, id);
create index invitations_created on invitations (organization_id, created_at, id);
-- For the list of those that are open, however many have ended.
create index invitations_pending on invitations (organization_id, created_at, id) where status = 'pending';
grant select, insert, update on invitations to saasctl_app;
