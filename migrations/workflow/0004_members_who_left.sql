-- Without a role: somebody who was a member and is none. The row stays because an older event that comes later must not bring the member back.
alter table membership_cache alter column role drop not null;
