"""The unprotected copy: the same data, the same functions, no wall left standing. An attack that fails here too is
no evidence for a wall."""

from __future__ import annotations

import os
import re

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.isolation.ground import Ground

# What the checks of the gate's functions look like, and what is left of them.
WEAKENED = (
    (r"raise exception [^;]*;", "null;"),
    (r"\b(?:\w+\.)?(?:organization_id|id) = sec\.tenant\(\)", "true"),
    (r"from sec\.session s join sec\.membership m using \(user_id\)", "from sec.session s cross join sec.membership m"),
    (r"\(m\.role = 'auditor'\) = \(session_user = 'app_audit'\)", "true"),
    (r"\(s\.strong_at is not null or m\.role in \('engineer', 'viewer'\)\)", "true"),
    (r"\b(?:\w+\.)?(?:revoked_at|used_at) is null", "true"),
    (r"select i\.used_at is null and .*?may_grant\(m\.role, i\.role\)\)", "select true"),
    (r"left\(c, 36\)::uuid", "nullif(left(c, 36), '')::uuid"),
    (r"\bt < s\.expires_at and t < s\.idle_until", "true"),
    (r"clock_timestamp\(\) < least\([^)]*\)", "true"),
    (r"\b(?:\w+\.)?expires_at > clock_timestamp\(\)", "true"),
    (r"\bn < t\.expires_at", "true"),
    (r"m\.valid_from <= (?:t|n|clock_timestamp\(\)) and (?:t|n|clock_timestamp\(\)) < m\.valid_to", "true"),
    (r"and m\.organization_id = t\.organization_id and m\.member_id = t\.made_by", "and true"),
    (r"and task = want and connection_id is not distinct from conn", ""),
    (r"and user_id = sec\.user_of\(token\)", ""),
    (r"and address_h = sec\.keyed\('address\|' \|\| lower\(verified_address\)\)", ""),
    (r"sec\.may_grant\(sec\.role\(\), role\)", "true"),
    (r"and at <= new_at", ""),
    (r"least\(ttl, interval '[^']*'\)", "ttl"),
    (r", true\);\s*end", ", false); end"),
)
OPENED = """
select 'alter table ' || oid::regclass || ' disable row level security' from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'
union all select 'alter table ' || oid::regclass || ' no force row level security' from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'
union all select 'alter table ' || oid::regclass || ' owner to app_rt' from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'
union all select 'grant execute on function ' || p.oid::regprocedure || ' to public' from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace
  and (p.proname like 'lo\\_%' or p.proname in ('loread', 'lowrite', 'pg_notify', 'pg_terminate_backend', 'pg_cancel_backend', 'pg_stat_get_activity', 'pg_stat_get_backend_activity', 'currtid2'))
union all select 'alter table ' || conrelid::regclass || ' drop constraint ' || quote_ident(conname) from pg_constraint where contype = 'f' and connamespace = 'app'::regnamespace
"""
GIVEN = (
    "grant all on schema app, sec, signin, public to public",
    "grant all on all tables in schema app, sec, signin to public",
    "grant all on all sequences in schema app, sec, signin to public",
    "grant execute on all functions in schema app, sec to public",
    "grant select on pg_catalog.pg_stat_activity, pg_catalog.pg_statistic to public",
    # Keys without the organization: what a plain Django schema would have.
    "create unique index on app.compliance_control (id)",
    "create unique index on app.compliance_control (key)",
    "alter table app.compliance_controlowner add foreign key (control_id) references app.compliance_control (id) on delete cascade",
    "analyze",
)  # fmt: skip


def take_walls_off(ground: Ground) -> Ground:
    """Clone the world and open it. The world must have no connection. Roles are the server's, so they stay as they are."""
    name = f"{ground.database}_open"
    clone(ground.database, name)
    with psycopg.connect(make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=name), autocommit=True) as connection:
        connection.execute(sql.SQL("grant all on database {} to public").format(sql.Identifier(name)))
        for (statement,) in connection.execute(OPENED).fetchall():
            connection.execute(statement)
        for statement in GIVEN:
            connection.execute(statement)
        for (definition,) in connection.execute(
            "select pg_get_functiondef(oid) from pg_proc where pronamespace = 'sec'::regnamespace"
        ).fetchall():
            connection.execute(weakened(definition).encode())
    return Ground(name, True, ground.a, ground.b, ground.sandbox)


def weakened(definition: str) -> str:
    """A function of the gate without its checks."""
    for pattern, left in WEAKENED:
        definition = re.sub(pattern, left, definition, flags=re.DOTALL)
    return definition


def clone(source: str, name: str) -> None:
    """A copy of a database with the same rights on the database itself."""
    from config.embedded.bootstrap import bootstrap_database

    server = os.environ["ATTESTRY_TEST_SERVER"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(source))
        )
    bootstrap_database(server, name)
