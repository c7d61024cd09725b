-- The lines of an invoice come in one statement; at its end they are as many as the invoice says and add up to its amount. Once for each
-- statement instead of once for each line, and at once instead of with the commit. That an invoice has its lines is still looked at
-- with the commit.
drop trigger invoice_lines_add_up on invoice_lines;
create function check_added_lines() returns trigger language plpgsql as $$
begin
  if exists (
    select from invoices as i
    join (
      select l.invoice_id, count(*) as lines, sum(l.amount) as total from invoice_lines as l
      where l.invoice_id in (select a.invoice_id from added as a) group by l.invoice_id
    ) as t on t.invoice_id = i.id
    where t.lines <> i.line_count or t.total <> i.amount
  ) then
    raise exception 'the lines of an invoice do not add up' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create trigger invoice_lines_add_up after insert on invoice_lines referencing new table as added
  for each statement execute function check_added_lines();
