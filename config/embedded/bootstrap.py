"""The first steps on a server that only a superuser can do: roles, databases, and taking away what PUBLIC may do.

Everything here can be run again at any time. Tables, policies and grants on them come from migrations, which run as
`app_migrate`. Rules: design text security.md, 4.2.
"""

from __future__ import annotations

from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

OWNERS = ("app_owner", "sec_owner")
LOGINS = ("app_migrate", "app_signin", "app_rt", "app_audit", "app_sched", "app_public", "app_signer")
SCHEMAS = {"sec": "sec_owner", "app": "app_owner", "signin": "app_owner"}

# The sign-in tables are the sign-in role's alone; django-allauth's migrations cannot say so themselves.
_SIGN_IN_GRANTS = (
    "grant usage on schema signin to app_signin",
    "alter default privileges for role app_owner in schema signin grant select, insert, update, delete on tables to app_signin",
    "alter default privileges for role app_owner in schema signin grant usage, select on sequences to app_signin",
)

_POWERLESS = sql.SQL("nosuperuser nobypassrls noinherit nocreatedb nocreaterole noreplication")

_LARGE_OBJECT_FUNCTIONS = r"""
    select p.oid::regprocedure::text from pg_catalog.pg_proc p
    where p.pronamespace = 'pg_catalog'::regnamespace and (p.proname like 'lo\_%' or p.proname in ('loread', 'lowrite'))
"""
# Beside what a role could change, also what would show it another organization's statements or let it signal them.
_REVOKES = (
    "revoke all on schema public from public",
    "revoke select on pg_catalog.pg_stat_activity from public",
    "revoke execute on function pg_catalog.pg_stat_get_activity(int) from public",
    "revoke execute on function pg_catalog.pg_stat_get_backend_activity(int) from public",
    "revoke execute on function pg_catalog.pg_notify(text, text) from public",
    "revoke execute on function pg_catalog.pg_terminate_backend(int, bigint) from public",
    "revoke execute on function pg_catalog.pg_cancel_backend(int) from public",
    # Answers about any row version by its address, past row-level security.
    "revoke execute on function pg_catalog.currtid2(text, tid) from public",
)


def bootstrap_roles(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Create or correct the nine roles; `passwords` has one entry per login role of `LOGINS`.

    Guarantees that no role is a superuser, bypasses row security, inherits, or may create roles or databases; only
    `app_migrate` may become an owner. Raises KeyError for a missing password, psycopg.Error from the server.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        present = {row[0] for row in connection.execute("select rolname from pg_catalog.pg_roles")}
        for role in OWNERS + LOGINS:
            login: sql.Composable = sql.SQL("nologin")
            if role in LOGINS:
                login = sql.SQL("login password {}").format(sql.Literal(passwords[role]))
            verb = sql.SQL("alter role {} {} {}" if role in present else "create role {} {} {}")
            connection.execute(verb.format(sql.Identifier(role), login, _POWERLESS))
        for owner in OWNERS:
            connection.execute(sql.SQL("grant {} to app_migrate").format(sql.Identifier(owner)))
        # Nobody but the superuser has business in the server's own databases.
        for database in ("postgres", "template1"):
            connection.execute(sql.SQL("revoke connect, temp on database {} from public").format(_name(database)))


def bootstrap_database(superuser_dsn: str, name: str) -> None:
    """Create the database `name` when missing (UTF-8, C.UTF-8), its three schemas, and take PUBLIC's rights away.

    Rights on a database are not copied from its template, so call this for a clone too (about 10 ms).
    Needs `bootstrap_roles` first. Raises psycopg.Error from the server.
    """
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_catalog.pg_database where datname = %s", [name]).fetchone()
        if found is None:
            connection.execute(
                sql.SQL("create database {} template template0 encoding 'UTF8' locale 'C.UTF-8'").format(_name(name))
            )
        connection.execute(sql.SQL("revoke all on database {} from public").format(_name(name)))
        for role in LOGINS:
            connection.execute(sql.SQL("grant connect on database {} to {}").format(_name(name), _name(role)))
    with psycopg.connect(make_conninfo(superuser_dsn, dbname=name)) as connection:
        for schema, owner in SCHEMAS.items():
            connection.execute(
                sql.SQL("create schema if not exists {} authorization {}").format(_name(schema), _name(owner))
            )
        for statement in _REVOKES + _SIGN_IN_GRANTS:
            connection.execute(statement)  # constants of this file
        for (function,) in connection.execute(_LARGE_OBJECT_FUNCTIONS).fetchall():
            # The server spells out its own function's name and types.
            connection.execute(sql.SQL("revoke execute on function {} from public").format(sql.SQL(function)))


def _name(name: str) -> sql.Identifier:
    return sql.Identifier(name)
