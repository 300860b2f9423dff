"""manage.py connect has no more rights than the token it is given."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from integrations import selectors
from organizations.api.door import token_text

ROLE = "arn:aws:iam::310000000101:role/AttestryAudit"


@pytest.fixture
def run(monkeypatch):
    def go(token: str, *arguments: str) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{token}\n"))
        out = io.StringIO()
        call_command("connect", *arguments, stdout=out)
        return out.getvalue()

    return go


def _token(person, role: str) -> str:
    with person.bound(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.new_api_token(%s, %s, '1 day')", ("terminal", role))
        return token_text(bytes(cursor.fetchone()[0]))


def test_a_writing_token_connects_and_asks_for_a_test(cast, run):
    said = run(_token(cast.alice, "api_write"), "--name", "Production", "--role-arn", ROLE)
    assert "A test of the permissions is running" in said
    with cast.alice.bound():
        (one,) = selectors.connections()
        assert (one.name, one.account) == ("Production", "310000000101")
        assert selectors.probe(one.id).running


def test_the_policies_to_paste_can_be_printed(cast, run):
    said = run(_token(cast.alice, "api_read"), "--policies")
    assert f"attestry-{cast.a.id}" in said
    assert "s3:ListAllMyBuckets" in said


@pytest.mark.parametrize("role", ["api_read", None])
def test_a_reading_or_unknown_token_connects_nothing(cast, run, role):
    token = _token(cast.alice, role) if role else token_text(b"\0" * 32)
    with pytest.raises(CommandError, match="Settings, API tokens"):
        run(token, "--role-arn", ROLE)


def test_a_mistake_is_one_sentence(cast, run):
    with pytest.raises(CommandError, match="This is not the ARN of an AWS role"):
        run(_token(cast.alice, "api_write"), "--role-arn", "production")
    with cast.alice.bound():
        assert selectors.connections() == ()
