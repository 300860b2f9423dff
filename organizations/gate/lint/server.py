"""Roles, extensions, and what PUBLIC may no longer call."""

from __future__ import annotations

from organizations.gate.lint.findings import Ask, Finding, difference
from organizations.gate.lint.grants import LOGINS
from organizations.gate.lint.reviewed import EXTENSIONS

OWNERS = ("app_owner", "sec_owner")

_ROLES = """
select rolname, rolcanlogin, rolsuper or rolbypassrls or rolinherit or rolcreaterole or rolcreatedb or rolreplication
from pg_roles where rolname like 'app\\_%' or rolname = 'sec_owner'
"""
_MEMBERSHIPS = """
select m.member::regrole::text, m.roleid::regrole::text from pg_auth_members m
where m.member::regrole::text = any (array['app_migrate', 'app_signin', 'app_rt', 'app_audit', 'app_sched', 'app_public', 'app_signer', 'app_owner', 'sec_owner'])
"""
_OWNED = """
select c.oid::regclass::text, c.relowner::regrole::text from pg_class c
where c.relowner::regrole::text = any (array['app_migrate', 'app_signin', 'app_rt', 'app_audit', 'app_sched', 'app_public', 'app_signer'])
"""
# A role may change its own settings; what it leaves there would reach every later connection.
_SETTINGS = """
select s.setrole::regrole::text, s.setconfig::text from pg_db_role_setting s
where s.setrole::regrole::text like 'app\\_%' or s.setrole::regrole::text = 'sec_owner'
"""
_CALLABLE = r"""
select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
and (p.proname like 'lo\_%' or p.proname in ('loread', 'lowrite', 'pg_notify', 'pg_terminate_backend', 'pg_cancel_backend',
  'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'currtid2'))
and (p.proacl is null or exists (select from aclexplode(p.proacl) r where r.grantee <> p.proowner))
"""
_READABLE = """
select c.relname from pg_class c, aclexplode(c.relacl) r
where c.relnamespace = 'pg_catalog'::regnamespace and c.relname = 'pg_stat_activity' and r.grantee <> c.relowner
and r.grantee::regrole::text not like 'pg\\_%'
"""


def check(ask: Ask) -> list[Finding]:
    """Findings about the cluster's roles and this database's extensions and catalog rights."""
    out = difference("server", "extensions", [name for (name,) in ask("select extname from pg_extension")], EXTENSIONS)
    out += _roles(ask)
    out += [Finding("server", name, f"belongs to {role}: a login role owns nothing") for name, role in ask(_OWNED)]
    out += [Finding("server", role, f"has settings of its own: {settings}") for role, settings in ask(_SETTINGS)]
    out += [Finding("server", name, "may be called by somebody beside the superuser") for (name,) in ask(_CALLABLE)]
    return out + [Finding("server", name, "may be read by somebody beside the superuser") for (name,) in ask(_READABLE)]


def _roles(ask: Ask) -> list[Finding]:
    rows = {name: (login, powerful) for name, login, powerful in ask(_ROLES)}
    out = difference("server", "roles", rows, {*LOGINS, *OWNERS})
    for name, (login, powerful) in rows.items():
        if powerful:
            out.append(
                Finding(
                    "server",
                    name,
                    "is superuser, bypasses row security, inherits, replicates or may create roles or databases",
                )
            )
        if login != (name in LOGINS):
            out.append(Finding("server", name, "may sign in" if login else "may not sign in"))
    memberships = {f"membership {member} in {role}" for member, role in ask(_MEMBERSHIPS)}
    return out + difference("server", "roles", memberships, {f"membership app_migrate in {owner}" for owner in OWNERS})
