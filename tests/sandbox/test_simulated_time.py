"""Simulated time exists for sandbox organizations alone; the database says so, whatever SQL asks."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction

from organizations import clock, scope
from tests.cast import Organization, make_organization, make_user, mint, open_session

PAST = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_sandbox(starts_at: datetime = PAST) -> Organization:
    user_id, email = make_user("Olga")
    token, slug = open_session(user_id), f"s-{secrets.token_hex(6)}"
    with psycopg.connect(settings.ROLE_DSN["app_migrate"], autocommit=True) as connection:
        row = connection.execute(
            "select sec.found_sandbox(%s, %s, 'Simulated', 'Olga', %s, %s)", (token, slug, email, starts_at)
        ).fetchone()
    from tests.cast import Person

    assert row is not None
    with scope.session(token, slug) as bound:
        olga = Person("Olga", email, user_id, token, slug, row[0], bound.actor_id, "owner")
    return Organization(row[0], slug, olga)


def sqlstate(refused: pytest.ExceptionInfo[DatabaseError]) -> Any:
    return getattr(refused.value.__cause__, "sqlstate", None)


def test_a_sandbox_lives_at_its_own_clock_and_only_forward() -> None:
    sandbox = make_sandbox()
    with sandbox.job(task="sandbox"):
        assert clock.is_simulated() and clock.now() == PAST
        clock.advance(PAST + timedelta(days=1))
        assert clock.now() == PAST + timedelta(days=1)
    with pytest.raises(DatabaseError) as refused, sandbox.job(task="sandbox"):
        clock.advance(PAST)
    assert sqlstate(refused) == "22023"
    with pytest.raises(DatabaseError) as refused, sandbox.job(task="sandbox"):
        clock.advance(datetime.now(UTC) + timedelta(hours=1))
    assert sqlstate(refused) == "22023"


def test_another_organization_cannot_move_its_time() -> None:
    real = make_organization()
    with real.job(task="sandbox"):
        assert not clock.is_simulated()
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=30)
    with pytest.raises(DatabaseError) as refused, real.job(task="sandbox"):
        clock.advance(PAST)
    assert sqlstate(refused) == "TN010"


def test_people_cannot_move_the_clock_of_a_sandbox() -> None:
    sandbox = make_sandbox()
    with pytest.raises(DatabaseError) as refused, sandbox.owner.bound():
        clock.advance(PAST + timedelta(days=1))
    assert sqlstate(refused) == "TN010"


def test_nobody_at_run_time_can_write_the_clock_or_make_a_sandbox() -> None:
    sandbox, real = make_sandbox(), make_organization()
    statements = (
        "insert into sec.clock select sec.tenant(), now() - interval '1 day'",
        "update sec.clock set at = now()",
        "update sec.organization set sandbox = true",
        "select sec.found_sandbox(null, 'x', 'x', 'x', 'x', now())",
        "select sec.born(null, 'x', 'x', 'x', 'x', true)",
    )
    for organization in (sandbox, real):
        for statement in statements:
            with (
                pytest.raises(DatabaseError) as refused,
                organization.job(task="sandbox"),
                connections["default"].cursor() as cursor,
            ):
                cursor.execute(statement)
            assert sqlstate(refused) == "42501", statement


def test_a_ticket_of_a_sandbox_moves_no_other_clock() -> None:
    sandbox, real = make_sandbox(), make_organization()
    ticket = mint(sandbox.id, None, "sandbox")
    with pytest.raises(DatabaseError), transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.bind_job(%s, 'sandbox', null)", (ticket,))
        cursor.execute("select sec.bind_job(%s, 'sandbox', null)", (mint(real.id, None, "sandbox"),))


@pytest.mark.parametrize("simulated", [True, False])
def test_a_leaf_says_whether_its_time_was_simulated_and_cannot_lie(simulated: bool) -> None:
    organization = make_organization() if simulated else make_sandbox()
    append = "select sec.append_leaf('evidence', %s, 'aws.test', 0, %s, 10, %s, 1, %s, %s)"
    values = (PAST, secrets.token_bytes(32), secrets.token_bytes(32), uuid4(), simulated)
    with (
        pytest.raises(DatabaseError) as refused,
        organization.job(task="pull"),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(append, values)
    assert sqlstate(refused) == "TN010"
