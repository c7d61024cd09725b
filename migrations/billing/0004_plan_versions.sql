-- Days that a new subscriber pays nothing for.
alter table plan_versions add column trial_days int not null default 0 check (trial_days between 0 and 730);
-- What the rules of plans let through, so that no share of an amount goes beyond a bigint.
alter table plan_versions add check (amount <= 1000000000000);

-- A soft limit tells that it is reached, and forbids nothing.
alter table plan_entitlements add column is_soft boolean not null default false, add check (not is_soft or quantity is not null);
alter table entitlements add column is_soft boolean not null default false, add check (not is_soft or quantity is not null);
create index plans_created on plans (created_at, id);
