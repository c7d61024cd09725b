-- A user who was erased keeps the id and nothing else.
alter table users
  alter column email drop not null,
  alter column email_normalized drop not null,
  alter column name drop not null,
  drop constraint users_status_check,
  add constraint users_status_check check (status in ('active', 'disabled', 'erased')),
  add constraint users_erased check (
    (status = 'erased') = (email is null) and (status = 'erased') = (email_normalized is null) and (status = 'erased') = (name is null)
    and (status <> 'erased' or password_hash is null));
