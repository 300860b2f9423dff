-- The context: a capability MAC'd over organization, actor, role, backend and transaction.
set local role sec_owner;

create function sec.keyed(payload text) returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select sha256(k.ok || sha256(k.ik || convert_to(payload, 'UTF8'))) from sec.hk k $$;

create function sec.tenant() returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
declare c text := current_setting('app.ctx', true); n int := length(c) - 65; k sec.hk;
begin
  if c is null or c = '' then
    raise exception 'no organization context' using errcode = 'TN001';
  end if;
  select * into k from sec.hk;                    -- the MAC is inlined: this runs once per statement
  if n < 37 or right(c, 64) <> encode(sha256(k.ok || sha256(k.ik || convert_to(
       left(c, n) || '|' || pg_backend_pid() || '|' || extract(epoch from transaction_timestamp()), 'UTF8'))), 'hex') then
    raise exception 'forged organization context' using errcode = 'TN003';
  end if;
  return left(c, 36)::uuid;
end $$;

create function sec.actor() returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sec.tenant();
  return split_part(current_setting('app.ctx', true), '|', 2)::uuid;
end $$;

create function sec.role() returns text
language plpgsql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sec.tenant();
  return split_part(current_setting('app.ctx', true), '|', 3);
end $$;

create function sec.enter(org uuid, actor uuid, role text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare cur uuid; p text := org || '|' || actor || '|' || role;
begin
  begin
    cur := sec.tenant();
  exception when sqlstate 'TN001' or sqlstate 'TN003' then
    cur := null;                                  -- junk left by a poisoner is ignored
  end;
  if cur <> org then
    raise exception 'bound to another organization' using errcode = 'TN002';
  end if;
  perform set_config('app.ctx', p || '|' || encode(sec.keyed(
    p || '|' || pg_backend_pid() || '|' || extract(epoch from transaction_timestamp())), 'hex'), true);
end $$;

-- Time. A sandbox organization has a clock row; every other organization has the database's clock and nothing else.
create function sec.simulated_now() returns timestamptz
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
  select at from sec.clock where organization_id = sec.tenant() $$;

create function sec.simulated() returns boolean
language sql stable parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
  select o.sandbox from sec.organization o where o.id = sec.tenant() $$;

create function sec.now() returns timestamptz
language sql volatile parallel restricted security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(sec.simulated_now(), clock_timestamp()) $$;

create function sec.advance_clock(new_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if sec.role() <> 'worker' or not sec.simulated() then
    raise exception 'simulated time is for sandbox organizations' using errcode = 'TN010';
  end if;
  if new_at is null or new_at > clock_timestamp() then
    raise exception 'simulated time cannot be in the future' using errcode = '22023';
  end if;
  update sec.clock set at = new_at where organization_id = sec.tenant() and at <= new_at;
  if not found then
    raise exception 'simulated time only moves forward' using errcode = '22023';
  end if;
end $$;

-- The bound organization and its people.
create function sec.organization_here() returns table (id uuid, slug text, name text, sandbox boolean, founded_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select o.id, o.slug, o.name, o.sandbox, o.founded_at from sec.organization o where o.id = sec.tenant() $$;

create function sec.members() returns table (member_id uuid, role text, valid_from timestamptz, valid_to timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct on (m.member_id) m.member_id, m.role, m.valid_from, m.valid_to
    from sec.membership m where m.organization_id = sec.tenant() order by m.member_id, m.valid_from desc $$;

create function sec.events(after bigint) returns table (id bigint, at timestamptz, kind text, by_ctx text, item jsonb)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select e.id, e.at, e.kind, e.by_ctx, e.item from sec.event e
   where e.organization_id = sec.tenant() and e.id > after order by e.id limit 1000 $$;

-- What an auditor or an API token read: the only thing an auditor writes besides the engagement tables.
create function sec.note_read(kind text, item text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if sec.role() not in ('auditor', 'api_read', 'api_write') then
    raise exception 'denied' using errcode = '42501';
  end if;
  if kind !~ '^[a-z_]{1,30}$' or item is null or length(item) > 500 then
    raise exception 'note' using errcode = '22023';
  end if;
  insert into sec.event (kind, organization_id, by_ctx, item)
  values ('read.' || kind, sec.tenant(), regexp_replace(current_setting('app.ctx', true), '.{65}$', ''), jsonb_build_object('item', item));
end $$;
