-- A long list of keys that wait for their place in the index makes nothing cheaper, and whoever fills it stands for as long as all of them take:
-- nearly two seconds with 16 MB, a quarter of one with 2 MB.
alter index entries_keys set (gin_pending_list_limit = 2048);
