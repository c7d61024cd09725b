-- What a subscription adds to the monthly recurring revenue, and since when: by that its next event is told from what it repeats.
alter table subscription_facts
  add column trial_end timestamptz,
  add column mrr bigint not null default 0 check (mrr >= 0),
  add column moved_at timestamptz,
  add check ((mrr > 0) <= (moved_at is not null));
-- No statement uses it.
drop index subscription_facts_plan;

-- By how much a subscription changed its customer's recurring revenue, in minor units a month. Which of the movements that is depends on the
-- customer's other steps, whatever comes first. Of what is purged the ids are digests: the steps stay, and tell of nobody.
create table mrr_steps (
  customer uuid not null,
  currency text not null,
  at timestamptz not null,
  subscription_id uuid not null,
  sequence bigint not null check (sequence > 0),
  amount bigint not null check (amount <> 0),
  primary key (customer, currency, at, subscription_id, sequence)
);
grant select, insert, update, delete on mrr_steps to saasctl_app;

-- The movements of each day (UTC), which add up to the recurring revenue, and how many customers moved. No check of signs: one would be asked about
-- differences too.
create table mrr_days (
  currency text not null,
  day date not null,
  new_mrr bigint not null,
  expansion_mrr bigint not null,
  reactivation_mrr bigint not null,
  contraction_mrr bigint not null,
  churn_mrr bigint not null,
  new_count bigint not null,
  expansion_count bigint not null,
  reactivation_count bigint not null,
  contraction_count bigint not null,
  churn_count bigint not null,
  primary key (currency, day)
) with (fillfactor = 70);
grant select, insert, update, delete on mrr_days to saasctl_app;
