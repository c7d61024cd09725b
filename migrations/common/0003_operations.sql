-- Who did what through which command: the operator behind every change, also where the change was made as a user.
create table operations (
  id uuid primary key,
  at timestamptz not null,
  command text not null check (length(command) between 1 and 200),
  -- Names of the flags that were given, never their values.
  flags text[] not null,
  actor text not null,
  profile text not null,
  os_user text not null,
  database_user text not null default session_user,
  reason text check (length(reason) <= 2000),
  correlation_id uuid not null,
  version text not null
);
create index operations_correlation on operations (correlation_id);
grant select, insert on operations to saasctl_app;

-- The stored answer of a command that was given a key, so that its repetition gives the same answer and changes nothing.
create table idempotency_keys (
  command text not null,
  scope text not null,
  key text not null check (length(key) between 1 and 200),
  -- A keyed hash: parameters may be guessable, the table must not give them away.
  parameters bytea not null check (octet_length(parameters) = 32),
  result json not null,
  correlation_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  primary key (command, scope, key)
);
create index idempotency_keys_expiry on idempotency_keys (expires_at);
grant select, insert, update, delete on idempotency_keys to saasctl_app;
