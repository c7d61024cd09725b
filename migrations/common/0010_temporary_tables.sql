-- `worker replay` fills a read model anew beside the live one, in temporary tables, which nobody else sees and which are gone when its
-- session ends. PostgreSQL grants making them to everybody, and setting up a database takes that away; here the role that runs commands
-- gets it. The functions of the owner look for temporary objects last, so nothing of theirs can be hidden by one.
do $$
begin
  execute format('grant temporary on database %I to saasctl_app', current_database());
end $$;
