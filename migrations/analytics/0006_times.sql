-- How many of the completed tasks took how long stands with what they are counted in, as arrays: a row for each class made a hundred of one. Classes widen
-- with the time (Sources/Domains/Analytics/Service/TimeScale.swift); the numbers of tasks are in their order.
alter table task_days
  add column cycle_classes smallint[] not null default '{}',
  add column cycle_counts bigint[] not null default '{}',
  add column lead_classes smallint[] not null default '{}',
  add column lead_counts bigint[] not null default '{}',
  add check (cardinality(cycle_classes) = cardinality(cycle_counts)),
  add check (cardinality(lead_classes) = cardinality(lead_counts));
alter table task_months
  add column cycle_classes smallint[] not null default '{}',
  add column cycle_counts bigint[] not null default '{}',
  add column lead_classes smallint[] not null default '{}',
  add column lead_counts bigint[] not null default '{}',
  add check (cardinality(cycle_classes) = cardinality(cycle_counts)),
  add check (cardinality(lead_classes) = cardinality(lead_counts));

update task_days as d set cycle_classes = t.cycle_classes, cycle_counts = t.cycle_counts, lead_classes = t.lead_classes, lead_counts = t.lead_counts
  from (
    select organization_id, day, project_id, coalesce(array_agg(class order by class) filter (where measure = 'cycle'), '{}') as cycle_classes,
      coalesce(array_agg(tasks order by class) filter (where measure = 'cycle'), '{}') as cycle_counts,
      coalesce(array_agg(class order by class) filter (where measure = 'lead'), '{}') as lead_classes,
      coalesce(array_agg(tasks order by class) filter (where measure = 'lead'), '{}') as lead_counts
    from task_times group by organization_id, day, project_id) as t
  where d.organization_id = t.organization_id and d.day = t.day and d.project_id = t.project_id;
update task_months as d set cycle_classes = t.cycle_classes, cycle_counts = t.cycle_counts, lead_classes = t.lead_classes, lead_counts = t.lead_counts
  from (
    select organization_id, day, project_id, coalesce(array_agg(class order by class) filter (where measure = 'cycle'), '{}') as cycle_classes,
      coalesce(array_agg(tasks order by class) filter (where measure = 'cycle'), '{}') as cycle_counts,
      coalesce(array_agg(class order by class) filter (where measure = 'lead'), '{}') as lead_classes,
      coalesce(array_agg(tasks order by class) filter (where measure = 'lead'), '{}') as lead_counts
    from task_month_times group by organization_id, day, project_id) as t
  where d.organization_id = t.organization_id and d.day = t.day and d.project_id = t.project_id;

drop table task_times;
drop table task_month_times;
