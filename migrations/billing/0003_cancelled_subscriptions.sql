-- The step of a saga that has cancelled it, and can take that back.
alter table subscriptions add column cancelled_by uuid, add check (cancelled_by is null or status = 'cancelled');
create index subscriptions_organization on subscriptions (organization_id, created_at, id);
-- Of what is purged nothing stays but the number of its last set of entitlements, of which others have heard.
grant delete on subscriptions to saasctl_app;
