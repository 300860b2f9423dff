-- People: sessions, memberships, invitations. app_audit binds auditors and nobody else; a session without a strong
-- factor binds engineers and viewers only.
set local role sec_owner;

create function sec.bind(token bytea, org uuid) returns text
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare u uuid; r text; t timestamptz := clock_timestamp();
begin
  select m.member_id, m.role into u, r
    from sec.session s join sec.membership m using (user_id)
   where s.th = sha256(token) and s.revoked_at is null and t < s.expires_at and t < s.idle_until
     and m.organization_id = org and m.valid_from <= t and t < m.valid_to
     and (m.role = 'auditor') = (session_user = 'app_audit')
     and (s.strong_at is not null or m.role in ('engineer', 'viewer'))
   order by m.valid_from desc limit 1;
  if u is null then
    raise exception 'denied' using errcode = '42501';
  end if;
  perform sec.enter(org, u, r);
  return r;
end $$;

-- needs_factor: a member whose role asks for a second factor that this session lacks; bind() says no, the page says why.
create function sec.my_organizations(token bytea)
returns table (id uuid, slug text, name text, role text, valid_to timestamptz, sandbox boolean, needs_factor boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select o.id, o.slug, o.name, m.role, nullif(m.valid_to, 'infinity'), o.sandbox, s.strong_at is null and m.role not in ('engineer', 'viewer')
    from sec.session s join sec.membership m using (user_id) join sec.organization o on o.id = m.organization_id
   where s.th = sha256(token) and s.revoked_at is null and clock_timestamp() < least(s.expires_at, s.idle_until)
     and m.valid_from <= clock_timestamp() and clock_timestamp() < m.valid_to
     and (m.role = 'auditor') = (session_user = 'app_audit') $$;

create function sec.organization_for(token bytea, want text) returns uuid   -- for a member only; NULL otherwise, and bind() then says 'denied'
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select id from sec.my_organizations(token) where slug = want $$;

-- Writes at most once a minute, so that parallel requests of one person do not queue on the row.
create function sec.touch_session(token bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update sec.session s set idle_until = least(s.expires_at, clock_timestamp() + idle.span)
    from (select case session_user when 'app_audit' then interval '30 minutes' else interval '15 minutes' end as span) idle
   where s.th = sha256(token) and s.revoked_at is null and clock_timestamp() < least(s.expires_at, s.idle_until)
     and s.idle_until < least(s.expires_at, clock_timestamp() + idle.span - interval '1 minute') $$;

-- Sign-in: app_signin alone. A recovery code is a second factor: it counts only beside a first one.
create function sec.open_session(who uuid, factors text[], ttl interval) returns bytea
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare t bytea := sec.rnd(); n timestamptz := clock_timestamp();
begin
  if who is null or factors is null or ttl is null or not factors <@ array['password', 'sso', 'totp', 'webauthn', 'recovery']
     or not factors && array['password', 'sso', 'webauthn'] then
    raise exception 'no first factor' using errcode = '22023';
  end if;
  insert into sec.session (th, user_id, factors, strong_at, opened_at, idle_until, expires_at)
  values (sha256(t), who, factors, case when factors && array['totp', 'webauthn', 'sso', 'recovery'] then n end,
          n, n + interval '15 minutes', n + least(ttl, interval '12 hours'));
  return t;
end $$;

create function sec.step_up(token bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update sec.session set strong_at = clock_timestamp() where th = sha256(token) and revoked_at is null $$;

create function sec.close_session(token bytea) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update sec.session set revoked_at = clock_timestamp() where th = sha256(token) and revoked_at is null $$;

create function sec.close_sessions(who uuid) returns void
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  update sec.session set revoked_at = clock_timestamp() where user_id = who and revoked_at is null $$;

create function sec.user_of(token bytea) returns uuid
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select user_id from sec.session
   where th = sha256(token) and revoked_at is null and clock_timestamp() < least(expires_at, idle_until) $$;

create function sec.is_strong(token bytea) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select strong_at is not null from sec.session
   where th = sha256(token) and revoked_at is null and clock_timestamp() < least(expires_at, idle_until)), false) $$;

create function sec.my_sessions(token bytea)
returns table (id uuid, factors text[], opened_at timestamptz, idle_until timestamptz, expires_at timestamptz, current boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select s.id, s.factors, s.opened_at, s.idle_until, s.expires_at, s.th = sha256(token) from sec.session s
   where s.user_id = sec.user_of(token) and s.revoked_at is null and clock_timestamp() < least(s.expires_at, s.idle_until)
   order by s.opened_at desc $$;

create function sec.revoke_session(token bytea, which uuid) returns boolean      -- one's own only; false when there is no such session of this person
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update sec.session set revoked_at = clock_timestamp()
   where id = which and user_id = sec.user_of(token) and revoked_at is null;
  return found;
end $$;

-- An organization is born with its owner's Member row. Whether it is a sandbox is decided here and never again.
create function sec.born(token bytea, slug text, name text, person text, address text, is_sandbox boolean) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare o uuid; m uuid; u uuid := sec.user_of(token);
begin
  if u is null then
    raise exception 'denied' using errcode = '42501';
  end if;
  insert into sec.organization (slug, name, sandbox) values (slug, name, is_sandbox) returning id into o;
  insert into sec.membership (organization_id, user_id, role) values (o, u, 'owner') returning member_id into m;
  insert into app.organizations_member (organization_id, id, name, email) values (o, m, person, address);
  return o;
end $$;

create function sec.found_organization(token bytea, slug text, name text, person text, address text) returns uuid
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select sec.born(token, slug, name, person, address, false) $$;

create function sec.found_sandbox(token bytea, slug text, name text, person text, address text, start_at timestamptz) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare o uuid := sec.born(token, slug, name, person, address, true);
begin
  if start_at is null or start_at > clock_timestamp() then
    raise exception 'simulated time cannot be in the future' using errcode = '22023';
  end if;
  insert into sec.clock values (o, start_at);
  return o;
end $$;

create function sec.may_grant(me text, role text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(me = 'owner' or (me = 'security_owner' and role in ('engineer', 'viewer', 'auditor')), false) $$;

-- An invitation is worth what its maker could still grant: who was removed cannot come back by one made before.
create function sec.still_offered(i sec.invitation) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select i.used_at is null and i.expires_at > clock_timestamp() and i.member_until > clock_timestamp()
     and exists (select from sec.membership m where m.organization_id = i.organization_id and m.member_id = i.invited_by
       and m.valid_from <= clock_timestamp() and clock_timestamp() < m.valid_to and sec.may_grant(m.role, i.role)) $$;

-- What an invitation offers, before it is accepted. Reading consumes nothing.
create function sec.invitation_for(secret bytea) returns table (organization text, role text, expires_at timestamptz, usable boolean)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select o.name, i.role, i.expires_at, sec.still_offered(i)
    from sec.invitation i join sec.organization o on o.id = i.organization_id where i.th = sha256(secret) $$;

create function sec.accept_invitation(token bytea, secret bytea, verified_address text, person text) returns text   -- the slug
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare i sec.invitation; u uuid := sec.user_of(token); m uuid; s text;
begin
  update sec.invitation o set used_at = clock_timestamp()
   where o.th = sha256(secret) and o.used_at is null and sec.still_offered(o)
     and address_h = sec.keyed('address|' || lower(verified_address)) and u is not null returning * into i;
  if i.th is null then
    raise exception 'denied' using errcode = '42501';
  end if;
  perform from sec.organization where id = i.organization_id for update;
  if exists (select from sec.membership where organization_id = i.organization_id and user_id = u and valid_to > clock_timestamp()) then
    raise exception 'already a member' using errcode = '23505';
  end if;
  select member_id into m from sec.membership where organization_id = i.organization_id and user_id = u limit 1;   -- the same person keeps the same member id
  if m is null then
    m := gen_random_uuid();
    insert into app.organizations_member (organization_id, id, name, email) values (i.organization_id, m, person, verified_address);
  end if;
  insert into sec.membership (organization_id, member_id, user_id, role, valid_to) values (i.organization_id, m, u, i.role, i.member_until);
  select slug into s from sec.organization where id = i.organization_id;
  return s;
end $$;

-- People of the bound organization. The organization is never a parameter; the right comes from the bound role.
create function sec.invite(address text, new_role text, until timestamptz, ttl interval) returns bytea
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare t bytea := sec.rnd();
begin
  if not sec.may_grant(sec.role(), new_role) then
    raise exception 'denied' using errcode = '42501';
  end if;
  if new_role not in ('owner', 'security_owner', 'engineer', 'viewer', 'auditor') or address is null or until is null or ttl is null then
    raise exception 'invitation' using errcode = '22023';
  end if;
  if new_role = 'auditor' and until = 'infinity' then
    raise exception 'an auditor needs an end' using errcode = '22023';
  end if;
  insert into sec.invitation values (sha256(t), sec.tenant(), sec.keyed('address|' || lower(address)), new_role, until, sec.actor(),
    clock_timestamp() + least(ttl, interval '72 hours'));
  return t;
end $$;

create function sec.invitations() returns table (th bytea, role text, expires_at timestamptz, used_at timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select i.th, i.role, i.expires_at, i.used_at from sec.invitation i where i.organization_id = sec.tenant() $$;

create function sec.withdraw_invitation(which bytea) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  update sec.invitation set expires_at = clock_timestamp()
   where th = which and organization_id = sec.tenant() and used_at is null and sec.may_grant(sec.role(), role);
  if not found then
    raise exception 'denied' using errcode = '42501';
  end if;
end $$;

create function sec.set_membership(target uuid, new_role text, until timestamptz) returns void        -- until in the past or now = remove
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare org uuid := sec.tenant(); old sec.membership; t timestamptz;
begin
  perform from sec.organization where id = org for update;                                        -- one change at a time: 'last owner' cannot race
  t := clock_timestamp();
  select * into old from sec.membership
   where organization_id = org and member_id = target and valid_to > t order by valid_from desc limit 1;
  if old.member_id is null or not sec.may_grant(sec.role(), old.role) or not sec.may_grant(sec.role(), new_role)
     or (new_role = 'auditor') <> (old.role = 'auditor') or (new_role = 'auditor' and until = 'infinity') or until is null then
    raise exception 'denied' using errcode = '42501';
  end if;
  update sec.membership set valid_to = t where organization_id = org and member_id = target and valid_to > t;
  if until > t then
    insert into sec.membership values (org, target, old.user_id, new_role, t, until);
  end if;
  if not exists (select from sec.membership where organization_id = org and role = 'owner' and valid_to = 'infinity') then
    raise exception 'an organization keeps one owner' using errcode = '23514';
  end if;
end $$;

create function sec.rename_organization(new_name text) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  if sec.role() <> 'owner' then
    raise exception 'denied' using errcode = '42501';
  end if;
  update sec.organization set name = new_name where id = sec.tenant();
end $$;
