-- By how much a rebase has raised the numbers of all aggregates, because the source had lost events that others have seen; 0 where it had lost none.
alter table outbox_rebases add column raised_by bigint not null default 0 check (raised_by >= 0);
