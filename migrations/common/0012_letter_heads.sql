-- What may be tried is found without walking through what may not, of which there may be a million: letters that are due by their time, and
-- parked ones that wait for nothing any more. A parked letter waits while an earlier one of its aggregate is there; whoever takes out the
-- earlier one clears that of the next. One that is said to wait for nothing and does costs a look and no more.
alter table dead_letters add column waits boolean not null default false;
update dead_letters as d set waits = true
where d.state = 'parked' and exists (
  select from dead_letters as e
  where e.consumer = d.consumer and e.source = d.source and e.subject = d.subject and e.turn < d.turn);
alter table dead_letters add constraint dead_letters_waits_check check (state = 'parked' or not waits);
-- The lane is one value, so that no other index can serve the question, whatever the planner believes of a table that was never analysed.
create index dead_letters_due on dead_letters ((consumer || '<' || source), due_at, turn) where state = 'retrying';
create index dead_letters_freed on dead_letters ((consumer || '<' || source), parked_at, turn) where state = 'parked' and not waits;
