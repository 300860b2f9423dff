"""Policies: the five that every table has, the reviewed ones, and no other."""

from __future__ import annotations

from dataclasses import dataclass

from organizations.gate.lint.findings import Ask, Finding, difference
from organizations.gate.lint.reviewed import DEFAULT_POLICIES, LOG_TABLES, POLICIES
from organizations.gate.lint.tables import organization_models

MATCH = "(organization_id = ( SELECT sec.tenant() AS tenant))"
MAY_WRITE = "(( SELECT sec.role() AS role) <> ALL (ARRAY['auditor'::text, 'api_read'::text]))"
RUNTIME = ("app_audit", "app_rt")

_POLICIES = """
select c.relname, p.polname, p.polcmd::text, p.polpermissive,
  (select array_agg(case r when 0 then 'public' else r::regrole::text end) from unnest(p.polroles) r),
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
from pg_policy p join pg_class c on c.oid = p.polrelid where c.relnamespace = 'app'::regnamespace
"""
_ELSEWHERE = """
select p.polrelid::regclass::text, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace <> 'app'::regnamespace
"""


@dataclass(frozen=True)
class Line:
    """One policy as the catalog has it."""

    name: str
    command: str
    permissive: bool
    roles: tuple[str, ...]
    using: str | None
    check: str | None

    def __str__(self) -> str:
        kind = "permissive" if self.permissive else "restrictive"
        return f"policy {self.name} ({kind}, command {self.command}, to {', '.join(self.roles)}, using {self.using}, check {self.check})"


def check(ask: Ask) -> list[Finding]:
    """Findings about policies of organization tables and of the log."""
    found: dict[str, set[Line]] = {}
    for table, name, command, permissive, roles, using, with_check in ask(_POLICIES):
        found.setdefault(table, set()).add(Line(name, command, permissive, tuple(sorted(roles)), using, with_check))
    out: list[Finding] = []
    for table in [*organization_models(), *LOG_TABLES]:
        out += difference("policies", table, found.pop(table, set()), _expected(table))
    out += [Finding("policies", table, "has policies and is no organization table") for table in found]
    out += [Finding("policies", table, f"has policy {name} outside schema app") for table, name in ask(_ELSEWHERE)]
    return out


def _expected(table: str) -> set[Line]:
    reviewed = [policy for policy in POLICIES if policy.table == table]
    lines = {
        Line(policy.name, policy.command, policy.permissive, tuple(sorted(policy.roles)), policy.using, policy.check)
        for policy in reviewed
    }
    if table in LOG_TABLES:
        roles = (*RUNTIME, "sec_owner")
        return lines | {Line("org", "*", True, roles, MATCH, MATCH), Line("org_wall", "*", False, roles, MATCH, MATCH)}
    crossed = any(policy.permissive for policy in reviewed)
    return lines | _default(RUNTIME if crossed else ("public",))


def _default(roles: tuple[str, ...]) -> set[Line]:
    forms = (
        Line("org", "*", True, roles, MATCH, MATCH),
        Line("org_wall", "*", False, roles, MATCH, MATCH),
        Line("read_only_insert", "a", False, roles, None, MAY_WRITE),
        Line("read_only_update", "w", False, roles, MAY_WRITE, MAY_WRITE),
        Line("read_only_delete", "d", False, roles, MAY_WRITE, None),
    )
    assert tuple(line.name for line in forms) == DEFAULT_POLICIES
    return set(forms)
