-- Requests to set a new password. Of a user's one at most is open.
create table password_resets (
  id uuid primary key,
  user_id uuid not null references users (id),
  -- SHA-256 of the token, which is kept nowhere.
  token_hash bytea not null check (length(token_hash) = 32),
  created_at timestamptz not null,
  -- The first instant at which it can no more be used. One whose time is up may have no ending here: whoever reads it takes it for expired.
  expires_at timestamptz not null,
  ended_at timestamptz,
  ending text check (ending in ('used', 'superseded')),
  check (expires_at > created_at),
  check ((ended_at is null) = (ending is null)),
  check (ended_at >= created_at)
);
create unique index password_resets_open on password_resets (user_id) where ended_at is null;
create index password_resets_user on password_resets (user_id);
grant select, insert, update, delete on password_resets to saasctl_app;

create table second_factors (
  user_id uuid primary key references users (id),
  -- Shared with an authenticator app, and sealed under a key of the profile's master key, which is in no database.
  sealed_secret bytea not null,
  created_at timestamptz not null,
  -- From here on logging in takes a code. Null until the user has shown one.
  enabled_at timestamptz,
  -- Of the newest thirty seconds, counted from 1970, of which a code was taken: none of them or before is taken again.
  last_step bigint check (last_step >= 0),
  -- Wrong codes since the last right one. Processes come and go; this stays.
  failures bigint not null default 0 check (failures >= 0),
  paused_until timestamptz,
  check (enabled_at >= created_at)
);
grant select, insert, update, delete on second_factors to saasctl_app;

create table recovery_codes (
  user_id uuid not null references second_factors (user_id) on delete cascade,
  -- A keyed hash of the code, which is kept nowhere.
  hash bytea not null check (length(hash) = 32),
  used_at timestamptz,
  primary key (user_id, hash)
);
grant select, insert, update, delete on recovery_codes to saasctl_app;
