"""What the pages show can be read by a program, and nothing more."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from organizations.api.door import token_text
from tests.cast import Cast, Person
from tests.evidence.pages import received, seal


def _program(person: Person, role: str = "api_read") -> Client:
    with person.bound(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.new_api_token('tests', %s, '1 hour')", (role,))
        token = bytes(cursor.fetchone()[0])
    return Client(headers={"Authorization": f"Bearer {token_text(token)}"})


@pytest.fixture
def api(cast: Cast) -> Callable[[str], Any]:
    program = _program(cast.alice)
    return lambda rest: program.get(f"/api/v1/o/{cast.a.slug}/evidence/{rest}")


def test_records_are_paged_to_the_end_without_a_gap(cast: Cast, api: Callable[[str], Any]) -> None:
    for number in range(5):
        seal(cast.a, received(page=number))
    first = api("?limit=3").json()
    assert [item["seq"] for item in first["items"]] == [4, 3, 2]
    second = api(f"?limit=3&cursor={first['next']}").json()
    assert [item["seq"] for item in second["items"]] == [1, 0]
    assert second["next"] is None
    assert api("?cursor=bm9uc2Vuc2U").status_code == 400
    assert api("?stream=aws.s3.buckets").json()["items"] == []


def test_a_record_comes_with_its_bytes_and_its_verification(
    cast: Cast, api: Callable[[str], Any], sign: Callable[[], Any]
) -> None:
    sealed = seal(cast.a, received(b"\x00bytes"))
    assert api("ledger/").json()["unanchored_since"] is not None
    sign()
    assert base64.b64decode(api(f"{sealed.seq}/").json()["body"]) == b"\x00bytes"
    verified = api(f"{sealed.seq}/verification/").json()
    assert verified["ok"] is True
    assert [step["ok"] for step in verified["steps"]] == [True] * 6
    ledger = api("ledger/").json()
    assert (ledger["size"], ledger["signed_size"], ledger["unanchored_since"]) == (1, 1, None)


def test_a_foreign_and_a_missing_record_answer_alike(cast: Cast) -> None:
    sealed = seal(cast.a, received())
    program = _program(cast.mallory)
    foreign = program.get(f"/api/v1/o/{cast.b.slug}/evidence/{sealed.seq}/")
    missing = program.get(f"/api/v1/o/{cast.b.slug}/evidence/99999999/")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert program.get(f"/api/v1/o/{cast.a.slug}/evidence/{sealed.seq}/").status_code == 404


def test_a_record_whose_bytes_are_damaged_says_what_to_do(cast: Cast, api: Callable[[str], Any]) -> None:
    from django.conf import settings

    sealed = seal(cast.a, received())
    for file in (settings.BLOBS / str(cast.a.id)).glob("*/*"):
        file.unlink()
    answer = api(f"{sealed.seq}/")
    assert answer.status_code == 400
    assert "backup" in answer.json()["what_to_do"]
    steps = {step["key"]: step["ok"] for step in api(f"{sealed.seq}/verification/").json()["steps"]}
    assert steps["bytes"] is False
