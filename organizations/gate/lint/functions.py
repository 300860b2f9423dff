"""Functions: the definer list, who may call each, pinned search_path, volatility, and nothing user-made beside them."""

from __future__ import annotations

from typing import Any

from organizations.gate.lint.findings import Ask, Finding, difference
from organizations.gate.lint.reviewed import DEFINERS, INVOKERS

PINNED = ["search_path=pg_catalog, pg_temp"]

_FUNCTIONS = """
select p.oid::regprocedure::text, p.prosecdef, p.provolatile::text, p.proleakproof, p.proowner::regrole::text, p.proconfig,
  l.lanname, p.proacl is null,
  (select coalesce(array_agg(r.grantee::regrole::text), '{}') from aclexplode(p.proacl) r where r.grantee <> p.proowner)
from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""
# By name, not by dependency: sub-selects of a policy are in its expression tree and in pg_depend alike.
_OF_POLICIES = """
select distinct d.refobjid::regprocedure::text from pg_depend d
where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
"""
_USER_MADE = """
select 'operator ' || oid::regoperator from pg_operator where oid >= 16384
union all select 'cast ' || castsource::regtype || ' to ' || casttarget::regtype from pg_cast where oid >= 16384
union all select 'event trigger ' || evtname from pg_event_trigger
union all select 'language ' || lanname from pg_language where lanname not in ('internal', 'c', 'sql', 'plpgsql')
union all select 'foreign data wrapper ' || fdwname from pg_foreign_data_wrapper
union all select 'foreign server ' || srvname from pg_foreign_server
union all select 'publication ' || pubname from pg_publication
union all select 'leakproof function ' || oid::regprocedure from pg_proc where proleakproof and oid >= 16384
"""


def check(ask: Ask) -> list[Finding]:
    """Findings about functions and other things that somebody could have made."""
    out: list[Finding] = []
    found: set[str] = set()
    volatility: dict[str, str] = {}
    for row in ask(_FUNCTIONS):
        found.add(row[0])
        volatility[row[0]] = row[2]
        out += _function(row)
    out += difference("functions", "schema sec", found, {*DEFINERS, *INVOKERS})
    out += [
        Finding("functions", name, "is called by a policy and is not STABLE: a cached plan would keep its answer")
        for (name,) in ask(_OF_POLICIES)
        if volatility.get(name) != "s"
    ]
    return out + [Finding("made", "database", f"has {name}, which nobody reviewed") for (name,) in ask(_USER_MADE)]


def _function(row: tuple[Any, ...]) -> list[Finding]:
    name, definer, _volatility, leakproof, owner, settings, language, default_acl, callers = row
    wrong = {
        "is LEAKPROOF: a policy would run after it": leakproof,
        f"belongs to {owner}, not to sec_owner": owner != "sec_owner",
        "has no pinned search_path": settings != PINNED,
        "is SECURITY DEFINER and not on the list": definer and name not in DEFINERS,
        "is on the list of definers and is none": not definer and name in DEFINERS,
        f"is written in {language}": language not in ("sql", "plpgsql"),
        "may be called by PUBLIC": default_acl,
    }
    out = [Finding("functions", name, text) for text, is_wrong in wrong.items() if is_wrong]
    callable_by = {"PUBLIC" if caller == "-" else caller for caller in callers}
    return out + difference("functions", name, {f"EXECUTE for {caller}" for caller in callable_by},
                            {f"EXECUTE for {caller}" for caller in DEFINERS.get(name, INVOKERS.get(name, ()))})  # fmt: skip
