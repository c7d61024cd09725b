-- How often an event has been discarded, by whichever consumers of this service: its row is the aggregate of the events that tell of it.
create table letter_discards (
  event_id uuid primary key,
  discards bigint not null check (discards > 0)
);
grant select, insert, update on letter_discards to saasctl_app;
