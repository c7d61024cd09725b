-- Each index on the log is paid for by every event of every service, so it has those that a question needs and no more.
--
-- After a restore that has lost events, the source numbers new ones like those that were lost: a position may come twice by right, an event
-- may not. Ids rise with time, so that this index grows at its end.
alter table entries drop constraint entries_source_position_key;
alter table entries add constraint entries_id_key unique (id);

-- The time alone finds the place; entries of the same microsecond are sorted by what few rows there are.
drop index entries_time;
create index entries_time on entries (time);

-- Without the time these have one posting list per value instead of a tuple per entry.
drop index entries_organization;
create index entries_organization on entries (organization_id);
drop index entries_subject;
create index entries_subject on entries (subject);
