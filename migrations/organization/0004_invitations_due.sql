-- Invitations that were sent before their expiry was noted as due.
insert into due (id, kind, subject, due_at, next_at, correlation_id)
select gen_random_uuid(), 'invitation_expiry', id, expires_at, expires_at, id from invitations where status = 'pending';
