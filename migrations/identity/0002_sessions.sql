-- The keys that sign access tokens. Each has one algorithm for all its life.
create table signing_keys (
  -- `kid` of tokens and of the published set.
  id uuid primary key,
  algorithm text not null check (algorithm = 'EdDSA'),
  public_key bytea not null check (length(public_key) = 32),
  -- Sealed under a key of the profile's master key, which is in no database.
  sealed_key bytea not null,
  created_at timestamptz not null,
  -- From here on another key signs.
  retired_at timestamptz,
  -- The first instant at which what it signed is no longer accepted; null as long as it signs.
  expires_at timestamptz,
  check ((retired_at is null) = (expires_at is null)),
  check (retired_at >= created_at and expires_at >= retired_at)
);
-- One key signs.
create unique index signing_keys_active on signing_keys ((true)) where retired_at is null;
create index signing_keys_created on signing_keys (created_at, id);
grant select, insert, update on signing_keys to saasctl_app;

create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id),
  factors text[] not null check (cardinality(factors) > 0),
  created_at timestamptz not null,
  refreshed_at timestamptz not null,
  -- When its last refresh token expires; no session outlives it.
  expires_at timestamptz not null,
  ended_at timestamptz,
  ending text check (ending in ('logout', 'request', 'reuse', 'password', 'disabled', 'erased')),
  check (expires_at > created_at),
  check ((ended_at is null) = (ending is null))
);
create index sessions_created on sessions (user_id, created_at, id);
create index sessions_live on sessions (user_id) where ended_at is null;
grant select, insert, update, delete on sessions to saasctl_app;

-- The family of a session: of its tokens one at most is unspent.
create table refresh_tokens (
  -- SHA-256 of the token, which is kept nowhere.
  hash bytea primary key check (length(hash) = 32),
  session_id uuid not null references sessions (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  spent_at timestamptz,
  check (expires_at > created_at)
);
create unique index refresh_tokens_live on refresh_tokens (session_id) where spent_at is null;
create index refresh_tokens_session on refresh_tokens (session_id);
grant select, insert, update, delete on refresh_tokens to saasctl_app;

-- How often somebody has tried in vain, by account and by where the attempts came from. Processes come and go; this stays.
create table attempts (
  kind text not null check (kind in ('account', 'source')),
  -- A keyed hash: what is typed as an address may be anything, a password too.
  key bytea not null check (length(key) = 32),
  failures bigint not null check (failures > 0),
  last_at timestamptz not null,
  blocked_until timestamptz,
  primary key (kind, key)
);
create index attempts_last on attempts (last_at);
grant select, insert, update, delete on attempts to saasctl_app;
