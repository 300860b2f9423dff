"""`manage.py create_owner`: production starts empty, and this is the way in."""

from __future__ import annotations

import io
import os
import re
import secrets
import sys

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from psycopg.conninfo import make_conninfo

from accounts.selectors import find_person, organizations_of
from accounts.services import open_session
from organizations import scope
from organizations.selectors import members

PASSWORD = "nine-quiet-otters-paint-maps"


def create_owner(monkeypatch: pytest.MonkeyPatch, *, password: str = PASSWORD, **told: str) -> str:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
    out = io.StringIO()
    call_command("create_owner", password_stdin=True, stdout=out, **told)
    return out.getvalue()


@pytest.fixture
def email() -> str:
    return f"owner-{secrets.token_hex(6)}@example.com"


def test_the_first_owner_can_enter_the_organization_with_both_factors(
    monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    slug = f"acme-{secrets.token_hex(4)}"
    said = create_owner(
        monkeypatch, email=email, name="Ada Owner", organization="Acme", slug=slug, time_zone="Europe/Berlin"
    )
    assert f"/o/{slug}/" in said
    assert re.search(r"Authenticator secret .*: [A-Z2-7]{16,}$", said, re.MULTILINE)
    assert len(re.findall(r"^  \S+$", said, re.MULTILINE)) == 10
    assert PASSWORD not in said
    person = find_person(email)
    assert person is not None
    token = open_session(person_id=person.id, factors=("password", "totp"))
    assert [(entry.slug, entry.role) for entry in organizations_of(token)] == [(slug, "owner")]
    with scope.session(token, slug) as bound:
        assert bound.role == "owner"
        assert [(member.name, member.email) for member in members()] == [("Ada Owner", email)]


def test_no_session_of_the_command_stays_open(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    create_owner(monkeypatch, email=email, name="Ada", organization="Acme", slug=f"acme-{secrets.token_hex(4)}")
    person = find_person(email)
    assert person is not None
    place = make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=connections["default"].settings_dict["NAME"])
    with psycopg.connect(place) as superuser:
        counts = "select count(*), count(revoked_at) from sec.session where user_id = %s"
        assert superuser.execute(counts, [person.id]).fetchone() == (1, 1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"email": "no address"}, "not an e-mail address"),
        ({"password": "short"}, "too short"),
        ({"time_zone": "Mars/Olympus"}, "no such time zone"),
        ({"slug": "Not A Slug!"}, "address"),
    ],
)
def test_a_wrong_answer_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, email: str, changed: dict[str, str], words: str
) -> None:
    told = {"email": email, "name": "Ada", "organization": "Acme", "slug": f"acme-{secrets.token_hex(4)}"}
    with pytest.raises(CommandError, match=words):
        create_owner(monkeypatch, **(told | changed))


def test_the_second_time_the_address_is_taken(monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    create_owner(monkeypatch, email=email, name="Ada", organization="Acme", slug=f"acme-{secrets.token_hex(4)}")
    with pytest.raises(CommandError, match="There is a person with this e-mail address"):
        create_owner(monkeypatch, email=email, name="Ada", organization="Acme", slug=f"acme-{secrets.token_hex(4)}")
