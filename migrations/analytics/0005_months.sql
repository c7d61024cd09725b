-- The same sums by the month: a year of all organizations is a hundred thousand rows by the day. The day is the first of the month.
create table task_months (like task_days including all);
create table task_month_times (like task_times including all);
create table usage_months (like usage_days including all);
alter table task_months set (fillfactor = 70), add check (extract(day from day) = 1);
alter table task_month_times set (fillfactor = 70), add check (extract(day from day) = 1);
alter table usage_months set (fillfactor = 70), add check (extract(day from day) = 1);
grant select, insert, update, delete on task_months, task_month_times, usage_months to saasctl_app;

insert into task_months
  select organization_id, date_trunc('month', day::timestamp)::date, project_id, sum(created), sum(completed), sum(reopened), sum(cancelled),
    sum(cycle_tasks), sum(cycle_seconds), sum(lead_seconds)
  from task_days group by 1, 2, 3;
insert into task_month_times
  select organization_id, date_trunc('month', day::timestamp)::date, project_id, measure, class, sum(tasks) from task_times group by 1, 2, 3, 4, 5;
insert into usage_months
  select organization_id, entitlement, date_trunc('month', day::timestamp)::date, sum(quantity), sum(records), sum(limits_reached)
  from usage_days group by 1, 2, 3;
