-- Each index on the log is paid for by every event of every service, so it has those that a question needs and no more.
--
-- After a restore that has lost events, the source numbers new ones like those that were lost: a position may come twice by right, an event
-- may not. Ids rise with time, so that this index grows at its end.
alter table entries drop constraint entries_source_position_key;
alter table entries add constraint entries_id_key unique (id);

-- The time alone finds the place; entries of the same microsecond are sorted by what few rows there are.
drop index entries_time;
create index entries_time on entries (time);

-- One index that is written in batches answers for organization and for aggregate: entries wait in its pending list, which a search reads
-- too, until they are as many kilobytes as said here or vacuum comes by.
drop index entries_organization;
drop index entries_subject;
create index entries_keys on entries using gin ((array[organization_id, subject])) with (gin_pending_list_limit = 16384);
