-- Users who cannot act, as the identity service tells: disabled, or erased. An organization all of whose owners are among them is without an owner.
create table disabled_users (
  user_id uuid primary key
);
grant select, insert, delete on disabled_users to saasctl_app;

-- Who had the address when the invitation was sent.
alter table invitations add column addressee_id uuid;
-- An address goes with its person; the invitation has ended then, and stays without it.
alter table invitations alter column email drop not null, alter column email_normalized drop not null,
  add constraint invitations_address check ((email is null) = (email_normalized is null) and (email is not null or status <> 'pending'));
create index invitations_addressee on invitations (addressee_id) where addressee_id is not null;
create index invitations_user on invitations (user_id) where user_id is not null;
