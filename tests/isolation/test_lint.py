"""The migrated schema has no finding, and each kind of finding is found (counted apart from the mutants' probes)."""

from __future__ import annotations

import os
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from psycopg.conninfo import make_conninfo

from organizations.gate.lint import findings
from organizations.gate.lint.reviewed import GRANTS, POLICIES, WITHHELD
from tests.isolation.ground import Ground
from tests.isolation.walls import clone
from tests.tally import count

pytestmark = [pytest.mark.campaign, pytest.mark.xdist_group("isolation")]

# One statement of the superuser, and words of the finding that it must give.
FAULTS = {
    "row security off": ("alter table app.evidence_record disable row level security", "evidence_record: has row-level security switched off"),
    "force off": ("alter table app.evidence_record no force row level security", "does not FORCE"),
    "a policy gone": ("drop policy org_wall on app.evidence_record", "evidence_record: lacks policy org_wall"),
    "a policy more": ("create policy extra on app.evidence_record using (true)", "has policy extra"),
    "no with check": ("alter policy org on app.evidence_record with check (true)", "check true"),
    "a grant more": ("grant truncate on app.evidence_record to app_rt", "TRUNCATE"),
    "a column more": ("grant insert (recorded_at) on app.evidence_record to app_rt", "'INSERT', 'recorded_at'"),
    "a grant gone": ("revoke select on app.evidence_record from app_audit", "lacks ('app_audit', 'SELECT', '')"),
    "public grant": ("grant select on app.leaf to public", "PUBLIC"),
    "a class changed": ("comment on table app.evidence_record is 'queue'", "has the class queue"),
    "a short index": ("create index on app.evidence_record (stream)", "does not lead with organization_id"),
    "a short key": ("create unique index on app.compliance_control (key)", "unique index"),
    "a foreign key gone": ("alter table app.compliance_controlowner drop constraint compliance_controlowner_control_id_org_fk", "no composite foreign key"),
    "a table without a model": ("create table app.extra (id int primary key)", "no model's table"),
    "a nullable organization": ("alter table app.organizations_settings drop constraint organizations_settings_pkey, alter organization_id drop not null", "no organization_id uuid NOT NULL"),
    "a trigger": ("create trigger t before update on app.evidence_record for each row execute function suppress_redundant_updates_trigger()", "has a trigger"),
    "a view": ("create view app.v as select 1 as one", "app.v: is not security_invoker"),
    "a materialized view": ("create materialized view app.m as select 1 as one", "materialized"),
    "a partition": ("create table app.p (organization_id uuid not null, n int) partition by range (n)", "is of kind p"),
    "a definer function": ("create function app.f() returns int language sql security definer as 'select 1'", "not on the list"),
    "search_path unpinned": ("alter function sec.bind(bytea, uuid) reset search_path", "no pinned search_path"),
    "another owner": ("alter function sec.bind(bytea, uuid) owner to app_owner", "belongs to app_owner"),
    "a caller more": ("grant execute on function sec.open_session(uuid, text[], interval) to app_rt", "EXECUTE for app_rt"),
    "callable by all": ("grant execute on function sec.keyed(text) to public", "EXECUTE for PUBLIC"),
    "immutable": ("alter function sec.tenant() immutable", "is not STABLE"),
    "leakproof": ("alter function sec.tenant() leakproof", "LEAKPROOF"),
    "create in a schema": ("grant create on schema app to app_rt", "('app_rt', 'CREATE')"),
    "temporary tables": ("do $$ begin execute format('grant temp on database %I to public', current_database()); end $$", "TEMPORARY"),
    "large objects": ("grant execute on function pg_catalog.lo_get(oid) to public", "lo_get(oid)"),
    "activity of others": ("grant select on pg_catalog.pg_stat_activity to public", "pg_stat_activity"),
    "owned by a login": ("alter table app.evidence_record owner to app_rt", "a login role owns nothing"),
    "a guardian grant": ("create table app.guardian_userobjectpermission (id int); grant select on app.guardian_userobjectpermission to app_rt", "guardian"),
    "default privileges": ("alter default privileges for role app_owner in schema app grant select on tables to app_rt", "default privileges"),
    "a setting of a role": ("do $$ begin execute format('alter role app_rt in database %I set work_mem = ''8MB''', current_database()); end $$", "settings of its own"),
    "a stale review": ("alter table app.integrations_due rename column fence to fences", "column fence is reviewed and does not exist"),
}  # fmt: skip


@pytest.fixture(scope="module")
def spoiled(protected: Ground) -> psycopg.Connection[Any]:
    name = f"{protected.database}_lint"
    clone(protected.database, name)
    return psycopg.connect(make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=name))


def test_the_schema_has_no_finding() -> None:
    def ask(query: str) -> list[tuple[Any, ...]]:
        with connections["default"].cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    assert [str(finding) for finding in findings(ask)] == []


def test_the_command_says_so() -> None:
    call_command("rls_lint")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, spoiled: psycopg.Connection[Any]) -> None:
    statement, words = FAULTS[fault]
    try:
        spoiled.execute(statement.encode())
        found = [str(finding) for finding in findings(lambda query: spoiled.execute(query.encode()).fetchall())]
    finally:
        spoiled.rollback()
    assert [line for line in found if words in line], found
    count("isolation lint faults found")


def test_every_deviation_has_a_reason() -> None:
    assert not [item for item in (*GRANTS, *WITHHELD, *POLICIES) if len(item.reason) < 20]


def test_a_finding_ends_the_command_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    from organizations.management.commands import rls_lint

    monkeypatch.setattr(rls_lint, "findings", lambda ask: ["something"])
    with pytest.raises(CommandError) as raised:
        call_command("rls_lint")
    assert raised.value.returncode == 1
