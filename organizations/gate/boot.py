"""What every serving process asks its database before it serves: is this the role I should be, and is it powerless?

A wall that a superuser, an owner or a role with BYPASSRLS walks through is no wall, and a server with the statistics
and memory faults of 2025 and 2026 ends every wall inside the database (security.md 2, rows 1, 3 and 15).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

# Which role each kind of process must be, by alias; `sched` and `signer` use psycopg directly.
EXPECTED: Mapping[str, tuple[str, ...]] = {
    "web": ("app_rt", "app_signin"),
    "auditor": ("app_audit", "app_signin"),
    "worker": ("app_rt",),
    "dispatcher": ("app_sched",),
    "signer": ("app_signer",),
    "beat": (),
}
# The first release of each supported major version without the faults named above.
OLDEST = {15: 150016, 16: 160012, 17: 170008, 18: 180002}

_QUESTION = """
select r.rolname, session_user = current_user, r.rolsuper, r.rolbypassrls, r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolinherit,
  exists (select from pg_catalog.pg_class c where c.relowner = r.oid)
    or exists (select from pg_catalog.pg_namespace n where n.nspowner = r.oid)
    or exists (select from pg_catalog.pg_auth_members m where m.member = r.oid),
  current_setting('server_version_num')::int
from pg_catalog.pg_roles r where r.rolname = session_user
"""


class UnsafeDatabase(RuntimeError):
    """The database would not keep organizations apart for this process. It must not serve."""


def refuse_unsafe_database() -> None:
    """Ask once, at start, for every role that this process signs in as (settings.PROCESS).

    Raises `UnsafeDatabase` with a sentence per reason; psycopg.OperationalError when the database cannot be asked,
    because a process that does not know must not serve either.
    """
    reasons = [
        f"{role}: {reason}"
        for role, place in _places()
        for reason in unsafe(place, role=role, old_servers=_may_be_old())
    ]
    if reasons:
        raise UnsafeDatabase("This process refuses to serve. " + " ".join(reasons))


def unsafe(place: str, *, role: str, old_servers: bool) -> list[str]:
    """Why a process that should be `role` must not use the connection string `place`; empty when it may.

    `old_servers`: whether servers below `OLDEST` are accepted, which only embedded and test mode do.
    """
    with psycopg.connect(place, connect_timeout=10) as connection:
        row = connection.execute(_QUESTION).fetchone()
    assert row is not None
    name, plain, superuser, bypasses, powerful, owns, version = row
    wrong = {
        f"The database says {name}.": name != role or not plain,
        "It is a superuser.": superuser,
        "It bypasses row-level security.": bypasses,
        "It inherits, replicates, or may create roles or databases.": powerful,
        "It owns tables or schemas, or is a member of a role.": owns,
        f"Server version {version} has known faults; use at least 15.16, 16.12, 17.8 or 18.2.": not old_servers
        and too_old(version),
    }
    return [reason for reason, is_wrong in wrong.items() if is_wrong]


def too_old(version: int) -> bool:
    """Whether a server_version_num is below the oldest accepted release of its major version."""
    return version < OLDEST.get(version // 10_000, min(OLDEST.values()))


def _may_be_old() -> bool:
    return bool(settings.MODE != "production")


def _places() -> Iterator[tuple[str, str]]:
    """Role and connection string of everything this process signs in as. An unknown process is taken for a web process."""
    aliases = {"app_rt": "default", "app_audit": "default", "app_signin": "signin"}
    for role in EXPECTED.get(settings.PROCESS, ("app_rt",)):
        if role in aliases:
            # Where Django really goes, not where it should: a wrong USER is one of the things to be found.
            yield role, _django_place(settings.DATABASES[aliases[role]])
        else:
            yield role, settings.ROLE_DSN[role]


def _django_place(alias: Mapping[str, Any]) -> str:
    return make_conninfo(
        host=alias["HOST"], port=alias["PORT"], dbname=alias["NAME"], user=alias["USER"], password=alias["PASSWORD"]
    )
