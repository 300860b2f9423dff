-- Machines: API tokens (read or write, never owner; they end with the membership of the person who made them) and job tickets.
set local role sec_owner;

create function sec.new_api_token(label text, new_role text, ttl interval) returns bytea
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare t bytea := sec.rnd();
begin
  if sec.role() not in ('owner', 'security_owner') then
    raise exception 'denied' using errcode = '42501';
  end if;
  insert into sec.api_token (th, organization_id, made_by, name, role, expires_at)
  values (sha256(t), sec.tenant(), sec.actor(), label, new_role, clock_timestamp() + least(ttl, interval '365 days'));
  return t;
end $$;

create function sec.api_tokens()
returns table (id uuid, made_by uuid, name text, role text, made_at timestamptz, expires_at timestamptz, revoked_at timestamptz)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  if sec.role() not in ('owner', 'security_owner') then
    raise exception 'denied' using errcode = '42501';
  end if;
  return query select t.id, t.made_by, t.name, t.role, t.made_at, t.expires_at, t.revoked_at
    from sec.api_token t where t.organization_id = sec.tenant() order by t.made_at desc;
end $$;

create function sec.revoke_api_token(which uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if sec.role() not in ('owner', 'security_owner') then
    raise exception 'denied' using errcode = '42501';
  end if;
  update sec.api_token set revoked_at = clock_timestamp()
   where id = which and organization_id = sec.tenant() and revoked_at is null;
  return found;
end $$;

create function sec.bind_token(token bytea) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare a sec.api_token; n timestamptz := clock_timestamp();
begin
  select t.* into a from sec.api_token t
    join sec.membership m on m.organization_id = t.organization_id and m.member_id = t.made_by and m.valid_from <= n and n < m.valid_to
   where t.th = sha256(token) and t.revoked_at is null and n < t.expires_at;
  if a.th is null then
    raise exception 'denied' using errcode = '42501';
  end if;
  perform sec.enter(a.organization_id, a.id, a.role);
  return a.organization_id;
end $$;

-- Work: a ticket names organization, connection and task; the bound actor of a worker is the connection.
create function sec.mint_job(org uuid, conn uuid, task text, ttl interval) returns bytea
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare t bytea := sec.rnd();
begin
  insert into sec.job values (sha256(t), org, conn, task, clock_timestamp() + least(ttl, interval '1 hour'));
  return t;
end $$;

create function sec.bind_job(ticket bytea, want text, conn uuid) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare j sec.job;
begin
  select * into j from sec.job
   where th = sha256(ticket) and task = want and connection_id is not distinct from conn and expires_at > clock_timestamp();
  if j.th is null then
    raise exception 'denied' using errcode = '42501';
  end if;
  perform sec.enter(j.organization_id, coalesce(j.connection_id, '00000000-0000-0000-0000-000000000000'), 'worker');
  return j.organization_id;
end $$;

create function sec.forget_jobs() returns bigint          -- tickets an hour past their end bind nothing and are only weight
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  with gone as (delete from sec.job where expires_at < clock_timestamp() - interval '1 hour' returning 1) select count(*) from gone $$;

revoke all on all functions in schema sec from public;
grant usage on schema sec to app_owner, app_migrate, app_signin, app_rt, app_audit, app_sched, app_signer;
grant execute on function sec.tenant(), sec.actor(), sec.role(), sec.simulated_now() to app_owner, app_rt, app_audit;
grant execute on function sec.simulated(), sec.now(), sec.organization_here(), sec.members(), sec.note_read(text, text) to app_rt, app_audit;
grant execute on function sec.bind(bytea, uuid), sec.organization_for(bytea, text), sec.my_organizations(bytea), sec.touch_session(bytea) to app_rt, app_audit;
grant execute on function sec.bind_job(bytea, text, uuid), sec.bind_token(bytea), sec.advance_clock(timestamptz), sec.events(bigint),
  sec.invite(text, text, timestamptz, interval), sec.invitations(), sec.withdraw_invitation(bytea), sec.rename_organization(text),
  sec.set_membership(uuid, text, timestamptz), sec.new_api_token(text, text, interval), sec.api_tokens(), sec.revoke_api_token(uuid) to app_rt;
grant execute on function sec.open_session(uuid, text[], interval), sec.step_up(bytea), sec.close_session(bytea), sec.close_sessions(uuid),
  sec.user_of(bytea), sec.is_strong(bytea), sec.my_sessions(bytea), sec.revoke_session(bytea, uuid),
  sec.found_organization(bytea, text, text, text, text), sec.invitation_for(bytea), sec.accept_invitation(bytea, bytea, text, text) to app_signin;
grant execute on function sec.found_sandbox(bytea, text, text, text, text, timestamptz) to app_migrate;
grant execute on function sec.mint_job(uuid, uuid, text, interval), sec.forget_jobs() to app_sched;
