-- How the last run of the worker ended for each consumer that lives here, so that a monitor sees it when cron no longer does its work.
-- One row per consumer, replaced at the end of a run; half of a page is left free, so that a replaced row stays on it and no index grows.
create table worker_runs (
  consumer text primary key,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  outcome text not null check (outcome ~ '^[a-z_]+$'),
  -- Null where nothing stood in the way. The text is what people were told, never a part of an event.
  error_code text,
  error text,
  -- The last end with nothing in the way.
  succeeded_at timestamptz,
  events bigint not null check (events >= 0),
  -- How each lane of the consumer ended: source, outcome, events, error_code, error.
  lanes json not null,
  host text not null,
  pid int not null,
  version text not null,
  check ((error is null) = (error_code is null))
) with (fillfactor = 50);
grant select, insert, update on worker_runs to saasctl_app;
