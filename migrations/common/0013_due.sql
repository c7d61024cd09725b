-- What the service does later, when the time has come: a row for each, taken out in the transaction that does it.
create table due (
  id uuid primary key,
  kind text not null check (kind ~ '^[a-z][a-z_]*$' and length(kind) <= 60),
  -- What it is about, by its kind. Whoever does it looks whether it is still to be done: rows are never taken back.
  subject uuid not null,
  due_at timestamptz not null,
  -- Of the command or event with which it began.
  correlation_id uuid not null,
  -- When it is tried: `due_at`, and after an attempt that failed a later time.
  next_at timestamptz not null check (next_at >= due_at),
  attempts int not null default 0 check (attempts >= 0),
  -- Of the last attempt.
  attempted_at timestamptz,
  error_code text,
  error text,
  check ((attempts = 0) = (error_code is null))
);
create index due_next on due (next_at, due_at, id);
-- What fails again and again is looked for by every run.
create index due_failing on due (attempts) where attempts > 0;
grant select, insert, update, delete on due to saasctl_app;
