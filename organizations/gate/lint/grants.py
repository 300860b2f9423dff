"""Rights: exactly what the table's class gives, column by column, and the reviewed deviations."""

from __future__ import annotations

from organizations.gate.guard import STAMPS
from organizations.gate.lint.findings import Ask, Finding, difference
from organizations.gate.lint.reviewed import GLOBAL_TABLES, GRANTS, LOG_TABLES, WITHHELD
from organizations.gate.lint.tables import organization_models

Right = tuple[str, str, str]  # role, privilege, column ("" for the whole table)

_RIGHTS = """
select n.nspname, c.relname, c.relkind::text, r.grantee::regrole::text, r.privilege_type, ''
from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) r
where n.nspname in ('app', 'sec', 'signin', 'public') and r.grantee <> c.relowner and c.relkind <> 'i'
union all
select n.nspname, c.relname, c.relkind::text, r.grantee::regrole::text, r.privilege_type, a.attname
from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) r
where n.nspname in ('app', 'sec', 'signin', 'public') and r.grantee <> c.relowner
"""
_COLUMNS = """
select c.relname, array_agg(a.attname::text) from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped group by 1
"""
_SCHEMAS = """
select n.nspname, r.grantee::regrole::text, r.privilege_type from pg_namespace n, aclexplode(n.nspacl) r
where n.nspname in ('app', 'sec', 'signin', 'public') and r.grantee <> n.nspowner
"""
_DATABASE = """
select r.grantee::regrole::text, r.privilege_type from pg_database d, aclexplode(d.datacl) r
where d.datname = current_database() and r.grantee <> d.datdba
"""
_DEFAULTS = """
select d.defaclnamespace::regnamespace::text, d.defaclobjtype::text, r.grantee::regrole::text, r.privilege_type
from pg_default_acl d, aclexplode(d.defaclacl) r where r.grantee <> d.defaclrole
"""
USES_SCHEMA = {
    "app": ("sec_owner", "app_rt", "app_audit", "app_sched", "app_signer"),
    "sec": ("app_owner", "app_migrate", "app_signin", "app_rt", "app_audit", "app_sched", "app_signer"),
    "signin": ("app_signin",),
    "public": (),
}
LOGINS = ("app_migrate", "app_signin", "app_rt", "app_audit", "app_sched", "app_public", "app_signer")
SIGN_IN = {"r": ("SELECT", "INSERT", "UPDATE", "DELETE"), "S": ("USAGE", "SELECT")}


def check(ask: Ask) -> list[Finding]:
    """Findings about rights on tables, columns, sequences, schemas, the database and of objects to come."""
    found: dict[tuple[str, str, str], set[Right]] = {}
    for schema, table, kind, role, privilege, column in ask(_RIGHTS):
        found.setdefault((schema, table, kind), set()).add((_role(role), privilege, column))
    columns: dict[str, list[str]] = {table: names for table, names in ask(_COLUMNS)}  # noqa: C416 - rows are plain tuples
    out: list[Finding] = []
    for table in [*organization_models(), *LOG_TABLES]:
        rights = found.pop(("app", table, "r"), set())
        out += difference("grants", table, rights, _expected(table, columns.get(table, [])))
    for (schema, table, kind), rights in found.items():
        expected = (
            {("app_signin", privilege, "") for privilege in SIGN_IN.get(kind, ())} if schema == "signin" else set()
        )
        reason = f"{schema}.{table}" + (" (global)" if table in GLOBAL_TABLES else "")
        out += difference("grants", reason, rights, expected)
    return out + _stale(columns) + _containers(ask)


def _expected(table: str, columns: list[str]) -> set[Right]:
    written = [column for column in columns if column not in STAMPS]
    rights: set[Right] = {("app_rt", "SELECT", ""), ("app_audit", "SELECT", "")}
    model = organization_models().get(table)
    if model is not None:
        rights |= {("app_rt", "INSERT", column) for column in written}
        if model.table_class == "projection":
            rights |= {("app_rt", "UPDATE", ""), ("app_rt", "DELETE", "")}
        if model.table_class == "queue":
            rights |= {("app_rt", "UPDATE", column) for column in model.queue_columns}
    taken = {(item.role, item.privilege) for item in WITHHELD if item.table == table}
    rights = {right for right in rights if right[:2] not in taken}
    for item in GRANTS:
        if item.table == table:
            rights |= {(item.role, item.privilege, column) for column in item.columns or ("",)}
    return rights


def _stale(columns: dict[str, list[str]]) -> list[Finding]:
    """Reviewed lines that speak of what is no longer there."""
    tables = {item.table for item in (*GRANTS, *WITHHELD)} - set(columns)
    out = [Finding("reviewed", table, "is reviewed and does not exist") for table in tables]
    for item in GRANTS:
        gone = set(item.columns) - set(columns.get(item.table, item.columns))
        out += [Finding("reviewed", item.table, f"column {column} is reviewed and does not exist") for column in gone]
    return out


def _containers(ask: Ask) -> list[Finding]:
    out: list[Finding] = []
    schemas: dict[str, set[tuple[str, str]]] = {name: set() for name in USES_SCHEMA}
    for schema, role, privilege in ask(_SCHEMAS):
        schemas[schema].add((_role(role), privilege))
    for schema, rights in schemas.items():
        out += difference("grants", f"schema {schema}", rights, {(role, "USAGE") for role in USES_SCHEMA[schema]})
    database = {(_role(role), privilege) for role, privilege in ask(_DATABASE)}
    out += difference("grants", "database", database, {(role, "CONNECT") for role in LOGINS})
    coming = {(schema, kind, _role(role), privilege) for schema, kind, role, privilege in ask(_DEFAULTS)}
    wanted = {
        ("signin", kind, "app_signin", privilege) for kind, privileges in SIGN_IN.items() for privilege in privileges
    }
    return out + difference("grants", "default privileges", coming, wanted)


def _role(name: str) -> str:
    return "PUBLIC" if name == "-" else name
