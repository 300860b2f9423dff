-- Tables of the gate. Nobody but the definer functions of this schema reads or writes them.
set local role sec_owner;

create table sec.hk (            -- HMAC pads: core sha256() only, no extension
  id int primary key check (id = 1),
  ik bytea not null,
  ok bytea not null);

create table sec.organization (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique check (slug ~ '^[a-z0-9-]{2,40}$'),
  name text not null check (length(name) between 1 and 120),
  sandbox boolean not null default false,       -- decided at birth, never changed: no function updates it
  founded_at timestamptz not null default clock_timestamp());

create table sec.clock (         -- the simulated time of a sandbox organization
  organization_id uuid primary key references sec.organization,
  at timestamptz not null);

create table sec.membership (
  organization_id uuid not null references sec.organization,
  member_id uuid not null default gen_random_uuid(),
  user_id uuid not null,
  role text not null check (role in ('owner', 'security_owner', 'engineer', 'viewer', 'auditor')),
  valid_from timestamptz not null default clock_timestamp(),
  valid_to timestamptz not null default 'infinity',
  check (valid_from <= valid_to),
  primary key (organization_id, member_id, valid_from));
create index on sec.membership (user_id, organization_id);

create table sec.session (
  th bytea primary key,          -- sha256(token)
  id uuid not null default gen_random_uuid() unique,
  user_id uuid not null,
  factors text[] not null,
  strong_at timestamptz,
  opened_at timestamptz not null default clock_timestamp(),
  idle_until timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz);
create index on sec.session (user_id);

create table sec.invitation (
  th bytea primary key,
  organization_id uuid not null references sec.organization,
  address_h bytea not null,
  role text not null,
  member_until timestamptz not null,
  invited_by uuid not null,
  expires_at timestamptz not null,
  used_at timestamptz);
create index on sec.invitation (organization_id);

create table sec.api_token (
  th bytea primary key,
  id uuid not null default gen_random_uuid() unique,
  organization_id uuid not null references sec.organization,
  made_by uuid not null,
  name text not null check (length(name) between 1 and 80),
  role text not null check (role in ('api_read', 'api_write')),
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  revoked_at timestamptz);
create index on sec.api_token (organization_id);

create table sec.job (
  th bytea primary key,
  organization_id uuid not null,
  connection_id uuid,
  task text not null,
  expires_at timestamptz not null);
create index on sec.job (expires_at);

-- Who signed in, who joined, who changed, who read: written in the same transaction, by trigger or by sec.note_read.
create table sec.event (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  organization_id uuid,
  by_ctx text,
  item jsonb not null);
create index on sec.event (organization_id, id);

create function sec.note() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare j jsonb := to_jsonb(new) - 'th' - 'address_h'; who text;
begin
  begin
    perform sec.tenant();                         -- a context that nobody verified names nobody
    who := regexp_replace(current_setting('app.ctx', true), '.{65}$', '');
  exception when sqlstate 'TN001' or sqlstate 'TN003' then
    who := null;
  end;
  insert into sec.event (kind, organization_id, by_ctx, item) values (
    tg_table_name || '.' || lower(tg_op),
    coalesce(j ->> 'organization_id', case tg_table_name when 'organization' then j ->> 'id' end)::uuid, who, j);
  return null;
end $$;

create trigger note after insert or update on sec.organization for each row execute function sec.note();
create trigger note after insert or update on sec.membership for each row execute function sec.note();
create trigger note after insert or update of strong_at, revoked_at on sec.session for each row execute function sec.note();
create trigger note after insert or update on sec.invitation for each row execute function sec.note();
create trigger note after insert or update on sec.api_token for each row execute function sec.note();

create function sec.rnd() returns bytea
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) $$;

do $$
declare k bytea := sec.rnd() || decode(repeat('00', 32), 'hex'); i bytea := k; o bytea := k;
begin
  for n in 0..63 loop
    i := set_byte(i, n, get_byte(k, n) # 54);
    o := set_byte(o, n, get_byte(k, n) # 92);
  end loop;
  insert into sec.hk values (1, i, o);
end $$;
