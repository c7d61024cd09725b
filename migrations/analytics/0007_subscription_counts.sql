-- How many subscriptions are on a plan at a price: to count a hundred thousand of them took a tenth of a second. No check of signs: one would be asked
-- about differences too.
create table subscription_counts (
  plan_id uuid not null,
  status text not null check (status in ('active', 'cancelled')),
  amount bigint not null,
  currency text not null,
  period text not null,
  subscriptions bigint not null,
  primary key (plan_id, status, amount, currency, period)
) with (fillfactor = 70);
grant select, insert, update, delete on subscription_counts to saasctl_app;

insert into subscription_counts
  select plan_id, status, amount, currency, period, count(*) from subscription_facts group by plan_id, status, amount, currency, period;
