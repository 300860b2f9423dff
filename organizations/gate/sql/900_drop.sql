set local role app_owner;
drop table if exists app.leaf, app.log_head;
set local role sec_owner;
drop function if exists sec.append_leaf(text, timestamptz, text, int, bytea, bigint, bytea, int, uuid, boolean);
do $$
declare f regprocedure; t regclass;
begin
  for t in select oid::regclass from pg_class where relnamespace = 'sec'::regnamespace and relkind = 'r' loop
    execute format('drop table %s cascade', t);
  end loop;
  for f in select oid::regprocedure from pg_proc where pronamespace = 'sec'::regnamespace loop
    execute format('drop function if exists %s cascade', f);
  end loop;
end $$;
set local role app_owner;
