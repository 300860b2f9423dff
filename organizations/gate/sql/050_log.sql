-- One RFC 6962 log per organization. The runtime has SELECT; sec.append_leaf appends a leaf and advances the head in one step,
-- and writes the canonical body itself, so that nobody can choose recorded_at, seq, actor or simulated.
set local role app_owner;

create table app.log_head (
  organization_id uuid primary key default sec.tenant(),
  log_id uuid not null default gen_random_uuid(),
  size bigint not null default 0,
  frontier bytea[] not null default '{}',
  recorded_at timestamptz not null default '-infinity');

create table app.leaf (
  organization_id uuid not null default sec.tenant(),
  seq bigint not null,
  body bytea not null,
  hash bytea not null,
  primary key (organization_id, seq));

do $$
declare t text;
begin
  foreach t in array array['log_head', 'leaf'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy org on app.%I as permissive to app_rt, app_audit, sec_owner using (organization_id = (select sec.tenant())) with check (organization_id = (select sec.tenant()))', t);
    execute format('create policy org_wall on app.%I as restrictive to app_rt, app_audit, sec_owner using (organization_id = (select sec.tenant())) with check (organization_id = (select sec.tenant()))', t);
    execute format('create policy signer on app.%I as permissive for select to app_signer using (true)', t);      -- digests, sizes and ids; no customer data
    execute format('comment on table app.%I is ''log''', t);
  end loop;
end $$;
grant usage on schema app to sec_owner, app_rt, app_audit, app_sched, app_signer;
grant select on app.log_head, app.leaf to app_rt, app_audit;
grant select (organization_id, log_id, size, frontier) on app.log_head to app_signer;
grant select (organization_id, seq, hash) on app.leaf to app_signer;
grant select, insert, update on app.log_head to sec_owner;
grant insert on app.leaf to sec_owner;

set local role sec_owner;
create function sec.append_leaf(kind text, observed_at timestamptz, stream text, page int, ct_sha256 bytea, ct_len bigint, pt_commit bytea,
  codec int, key_id uuid, simulated boolean) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare h app.log_head; b bytea; d bytea; n bigint; f bytea[]; t timestamptz; z text := 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
begin
  if kind !~ '^[a-z_.]{1,40}$' or stream !~ '^[a-z0-9_.:-]{0,80}$' or length(ct_sha256) <> 32 or length(pt_commit) <> 32
     or ct_len < 0 or page < 0 or codec < 0
     -- what canonical JSON cannot say exactly: integers above 2^53, years before the first
     or ct_len > 9007199254740992 or observed_at < '0001-01-01 00:00:00+00' then
    raise exception 'leaf' using errcode = '22023';
  end if;
  if sec.role() in ('auditor', 'api_read') then
    raise exception 'denied' using errcode = '42501';
  end if;
  if simulated <> sec.simulated() then
    raise exception 'simulated time is for sandbox organizations' using errcode = 'TN010';
  end if;
  insert into app.log_head default values on conflict do nothing;                                  -- an organization's log starts with its first leaf
  select * into h from app.log_head where organization_id = sec.tenant() for update;              -- gapless: one writer at a time per organization
  t := greatest(clock_timestamp(), h.recorded_at);
  if observed_at > t + interval '2 seconds' then
    raise exception 'observed after it was recorded' using errcode = '22023';
  end if;
  b := convert_to('{"actor":"' || sec.actor() || '","codec":' || codec || ',"ct_len":' || ct_len || ',"ct_sha256":"' || encode(ct_sha256, 'hex')
    || '","key":"' || key_id || '","log":"' || h.log_id || '","observed_at":"' || to_char(observed_at at time zone 'UTC', z) || '","page":' || page
    || ',"pt_commit":"' || encode(pt_commit, 'hex') || '","recorded_at":"' || to_char(t at time zone 'UTC', z) || '","seq":' || h.size
    || ',"simulated":' || simulated || ',"stream":"' || stream || '","type":"' || kind || '","v":1}', 'UTF8');
  if b is null then
    raise exception 'leaf' using errcode = '22023';
  end if;
  d := sha256('\x00'::bytea || b);
  insert into app.leaf (organization_id, seq, body, hash) values (h.organization_id, h.size, b, d);
  n := h.size;
  f := h.frontier;
  while n % 2 = 1 loop
    d := sha256('\x01'::bytea || f[cardinality(f)] || d);
    f := f[1:cardinality(f) - 1];
    n := n / 2;
  end loop;
  update app.log_head set size = h.size + 1, frontier = f || d, recorded_at = t where organization_id = h.organization_id;
  return h.size;
end $$;
revoke all on function sec.append_leaf(text, timestamptz, text, int, bytea, bigint, bytea, int, uuid, boolean) from public;
grant execute on function sec.append_leaf(text, timestamptz, text, int, bytea, bigint, bytea, int, uuid, boolean) to app_rt;
set local role app_owner;
