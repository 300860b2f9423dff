-- One round trip opens a scope: bind, then say what was bound. Invoker's rights: each part is granted on its own.
set local role sec_owner;

create function sec.is_idle(token bytea) returns boolean           -- whether touch_session would write
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select s.idle_until < least(s.expires_at, clock_timestamp()
      + case session_user when 'app_audit' then interval '29 minutes' else interval '14 minutes' end)
    from sec.session s where s.th = sha256(token)), false) $$;

create function sec.here()
returns table (organization_id uuid, actor_id uuid, role text, slug text, name text, sandbox boolean, at timestamptz, time_zone text)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  return query select h.id, sec.actor(), sec.role(), h.slug, h.name, h.sandbox, sec.now(),
      coalesce((select s.time_zone::text from app.organizations_settings s where s.organization_id = h.id), 'UTC')
    from sec.organization_here() h;
end $$;

create function sec.open_for_session(token bytea, want text)
returns table (organization_id uuid, actor_id uuid, role text, slug text, name text, sandbox boolean, at timestamptz, time_zone text, idle boolean)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform sec.bind(token, sec.organization_for(token, want));
  return query select h.*, sec.is_idle(token) from sec.here() h;
end $$;

create function sec.open_for_token(token bytea)
returns table (organization_id uuid, actor_id uuid, role text, slug text, name text, sandbox boolean, at timestamptz, time_zone text, idle boolean)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform sec.bind_token(token);
  return query select h.*, false from sec.here() h;
end $$;

create function sec.open_for_job(ticket bytea, want text, conn uuid)
returns table (organization_id uuid, actor_id uuid, role text, slug text, name text, sandbox boolean, at timestamptz, time_zone text, idle boolean)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform sec.bind_job(ticket, want, conn);
  return query select h.*, false from sec.here() h;
end $$;

revoke all on function sec.is_idle(bytea), sec.here(), sec.open_for_session(bytea, text), sec.open_for_token(bytea),
  sec.open_for_job(bytea, text, uuid) from public;
grant execute on function sec.is_idle(bytea), sec.here(), sec.open_for_session(bytea, text) to app_rt, app_audit;
grant execute on function sec.open_for_token(bytea), sec.open_for_job(bytea, text, uuid) to app_rt;
