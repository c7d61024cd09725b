-- Whoever filled the list of keys that wait put them into the index, a quarter of what copying entries took, while the lane stood. Who gives entries
-- their leaves does it now, beside the lanes. The list may be as long as it was at first: its limit is for the case that nobody does.
create function place_entry_keys() returns bigint language sql security definer set search_path = pg_catalog, public, pg_temp
  as $$ select gin_clean_pending_list('public.entries_keys') $$;
revoke all on function place_entry_keys() from public;
grant execute on function place_entry_keys() to saasctl_app;
alter index entries_keys set (gin_pending_list_limit = 16384);
