-- What an organization was told of goes with it.
create index notifications_organization on notifications (organization_id) where organization_id is not null;
grant delete on notifications to saasctl_app;
