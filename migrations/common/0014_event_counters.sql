-- Counts the events of aggregates that have no row of their own here, such as the steps of another service's saga.
create table event_counters (
  subject uuid primary key,
  event_sequence bigint not null check (event_sequence > 0)
);
grant select, insert, update on event_counters to saasctl_app;
