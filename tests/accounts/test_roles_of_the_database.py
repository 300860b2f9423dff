"""What the other roles cannot do to people, asked as arbitrary SQL in those roles."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.db import connections

from tests.accounts.people import a_person

SIGN_IN_FUNCTIONS = (
    "select sec.open_session(gen_random_uuid(), array['password','totp'], interval '1 hour')",
    "select sec.step_up('\\x00'::bytea)",
    "select sec.close_session('\\x00'::bytea)",
    "select sec.close_sessions(gen_random_uuid())",
    "select sec.user_of('\\x00'::bytea)",
    "select * from sec.my_sessions('\\x00'::bytea)",
    "select sec.revoke_session('\\x00'::bytea, gen_random_uuid())",
    "select sec.found_organization('\\x00'::bytea, 'x1', 'x', 'x', 'x')",
    "select sec.accept_invitation('\\x00'::bytea, '\\x00'::bytea, 'x', 'x')",
)
TABLES_OF_SIGN_IN = (
    "signin.accounts_user",
    "signin.accounts_storedmail",
    "signin.account_emailaddress",
    "signin.mfa_authenticator",
)
STATEMENTS_ON_SEC = (
    (
        "insert into sec.session (th, user_id, factors, idle_until, expires_at)"
        " values ('\\x00', gen_random_uuid(), '{totp}', now(), now())"
    ),
    "update sec.session set strong_at = now()",
    "delete from sec.session",
    "insert into sec.membership (organization_id, user_id, role) values (gen_random_uuid(), gen_random_uuid(), 'owner')",
    "update sec.membership set role = 'owner'",
    "delete from sec.membership",
    "insert into sec.invitation select '\\x00', gen_random_uuid(), '\\x00', 'owner', now(), gen_random_uuid(), now()",
)


def refused(role: str, statement: str) -> bool:
    with psycopg.connect(settings.ROLE_DSN[role], autocommit=True) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


@pytest.mark.parametrize("statement", SIGN_IN_FUNCTIONS + STATEMENTS_ON_SEC)
@pytest.mark.parametrize("role", ["app_rt", "app_audit", "app_sched", "app_signer"])
def test_no_other_role_mints_a_session_or_a_membership(role, statement):
    assert refused(role, statement)


@pytest.mark.parametrize("role", ["app_rt", "app_audit", "app_sched", "app_signer"])
@pytest.mark.parametrize("table", TABLES_OF_SIGN_IN)
def test_no_other_role_reads_or_writes_what_people_sign_in_with(role, table):
    for statement in (f"select 1 from {table} limit 0", f"delete from {table}", f"insert into {table} default values"):
        assert refused(role, statement), statement


@pytest.mark.parametrize("statement", STATEMENTS_ON_SEC)
def test_the_sign_in_role_writes_sessions_and_memberships_through_functions_only(statement):
    assert refused("app_signin", statement)


def test_the_sign_in_role_binds_nobody_and_sees_no_organization_table(cast):
    for statement in (
        f"select sec.bind('\\x{cast.olga.token.hex()}', '{cast.a.id}')",
        "select 1 from app.organizations_member limit 0",
        "select 1 from app.organizations_activity limit 0",
        "select sec.invite('x@example.test', 'owner', 'infinity', interval '1 hour')",
        f"select sec.set_membership('{cast.bob.member_id}', 'owner', 'infinity')",
    ):
        assert refused("app_signin", statement), statement


def test_secrets_of_second_factors_are_not_stored_in_the_clear():
    from tests.accounts.people import SECRET

    person = a_person(totp=True, recovery=True)
    with connections["signin"].cursor() as cursor:
        cursor.execute("select data::text from mfa_authenticator where user_id = %s", [person.id])
        stored = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("select password from accounts_user where id = %s", [person.id])
        assert cursor.fetchone()[0].startswith("argon2$argon2id$")
    assert SECRET not in stored
    assert not any(code in stored for code in person.recovery_codes)


def test_tokens_are_stored_as_digests_only(cast):
    with connections["signin"].cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute("select th from sec.session")


def test_the_same_questions_are_answered_where_they_are_allowed():
    assert not refused("app_signin", SIGN_IN_FUNCTIONS[0])
    assert not refused("app_signin", SIGN_IN_FUNCTIONS[4])
    assert not refused("app_signin", "select 1 from signin.accounts_user limit 0")
