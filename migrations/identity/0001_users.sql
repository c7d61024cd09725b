create table users (
  id uuid primary key,
  email text not null check (length(email) between 3 and 320),
  -- What makes two addresses the same user: trimmed, lower case, Unicode NFC. Unique for ever, so a disabled user's address stays taken.
  email_normalized text not null check (length(email_normalized) between 3 and 320),
  name text not null check (length(name) <= 200),
  -- bcrypt in the form of crypt(5); null until a reset sets the first password.
  password_hash text check (password_hash like '$2b$%'),
  status text not null default 'active' check (status in ('active', 'disabled')),
  version bigint not null default 1 check (version > 0),
  event_sequence bigint not null default 0 check (event_sequence >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index users_email on users (email_normalized);
create index users_created on users (created_at, id);
grant select, insert, update on users to saasctl_app;
