-- Where the periods of a subscription are counted from, until when nothing is paid, what is to become of it at the end of its period, and
-- when it was over.
alter table subscriptions
  add column anchor timestamptz,
  add column trial_end timestamptz,
  add column next_plan_version_id uuid references plan_versions (id),
  add column ends_with_period boolean not null default false,
  add column ended_at timestamptz;
update subscriptions set anchor = period_start;
alter table subscriptions
  alter column anchor set not null,
  add check (next_plan_version_id is null or not ends_with_period);

-- The organization's account: locked by whoever changes its subscription. Closed by the step of a deletion, which can take that back.
alter table entitlement_sets add column closed_by uuid, add column is_purged boolean not null default false;

-- What is owed (or, with a credit note, given back), final as soon as it is there. Kept when the organization is purged: it names nobody.
create table invoices (
  id uuid primary key,
  organization_id uuid not null,
  subscription_id uuid not null,
  -- Counts the organization's, from 1, without gaps.
  number bigint not null check (number > 0),
  kind text not null check (kind in ('invoice', 'credit_note')),
  cause text not null check (cause in ('start', 'renewal', 'change', 'cancellation', 'correction')),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  amount bigint not null,
  line_count int not null check (line_count > 0),
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end > period_start),
  -- What a correction corrects.
  corrects uuid references invoices (id),
  issued_at timestamptz not null,
  unique (organization_id, number),
  check ((kind = 'credit_note') = (amount < 0)),
  check ((cause = 'correction') = (corrects is not null)),
  check (cause <> 'correction' or kind = 'credit_note')
);
-- A period is billed once.
create unique index invoices_one_renewal on invoices (subscription_id, period_start) where cause = 'renewal';
create index invoices_issued on invoices (organization_id, issued_at, id);
create index invoices_all_issued on invoices (issued_at, id);
create index invoices_corrections on invoices (corrects) where corrects is not null;
grant select, insert on invoices to saasctl_app;

create table invoice_lines (
  invoice_id uuid not null references invoices (id),
  position int not null check (position > 0),
  kind text not null check (kind in ('period', 'remaining', 'unused', 'correction')),
  plan text not null,
  plan_version int not null check (plan_version > 0),
  period_start timestamptz not null,
  period_end timestamptz not null check (period_end > period_start),
  -- So many of all days of the period.
  days int not null check (days > 0),
  of_days int not null check (of_days >= days),
  amount bigint not null check (amount <> 0),
  primary key (invoice_id, position)
);
grant select, insert on invoice_lines to saasctl_app;

-- Whoever it is, the owner of the tables too.
create function refuse_final() returns trigger language plpgsql as $$
begin
  raise exception 'a final invoice is not changed: a correction is a credit note' using errcode = 'integrity_constraint_violation';
end $$;
create trigger invoices_are_final before update or delete or truncate on invoices for each statement execute function refuse_final();
create trigger invoice_lines_are_final before update or delete or truncate on invoice_lines for each statement execute function refuse_final();

-- Its lines are as many as it says and add up to its amount, also when one is added to it later.
create function check_lines() returns trigger language plpgsql as $$
declare
  invoice invoices%rowtype;
  wanted uuid;
  lines bigint;
  total numeric;
begin
  if tg_table_name = 'invoices' then wanted := new.id; else wanted := new.invoice_id; end if;
  select * into invoice from invoices as i where i.id = wanted;
  select count(*), coalesce(sum(l.amount), 0) into lines, total from invoice_lines as l where l.invoice_id = wanted;
  if lines <> invoice.line_count or total <> invoice.amount then
    raise exception 'the lines of an invoice do not add up' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger invoices_add_up after insert on invoices deferrable initially deferred
  for each row execute function check_lines();
create constraint trigger invoice_lines_add_up after insert on invoice_lines deferrable initially deferred
  for each row execute function check_lines();
