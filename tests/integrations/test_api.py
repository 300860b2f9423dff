"""What the pages show of connections can be read with a token."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test import Client

from config import pipeline
from organizations.api.door import token_text


def _token(person, role: str) -> dict[str, str]:
    with person.bound(), connections["default"].cursor() as cursor:
        cursor.execute("select sec.new_api_token(%s, %s, '1 day')", ("test", role))
        return {"Authorization": f"Bearer {token_text(bytes(cursor.fetchone()[0]))}"}


@pytest.fixture
def read(desk):
    return _token(desk.cast.alice, "api_read")


def test_a_token_reads_connections_pulls_and_tests(desk, read):
    desk.make_due()
    for job in desk.claim():
        pipeline.pull.run(job)
    base = f"/api/v1/o/{desk.cast.a.slug}/connections/"
    (one,) = Client(headers=read).get(base).json()["items"]
    assert one["condition"] == "working"
    assert [s["complete"]["outcome"] for s in one["streams"]] == ["complete"] * 4
    first = Client(headers=read).get(f"{base}{desk.connection_id}/pulls/?limit=3").json()
    rest = Client(headers=read).get(f"{base}{desk.connection_id}/pulls/", {"cursor": first["next"]}).json()
    assert len({p["id"] for p in first["items"] + rest["items"]}) == 4
    assert Client(headers=read).get(f"{base}{desk.connection_id}/test/").json()["at"] is None


def test_a_reading_token_cannot_pull_and_a_writing_one_can(desk, read):
    address = f"/api/v1/o/{desk.cast.a.slug}/connections/{desk.connection_id}/pull/?stream=aws.s3.buckets"
    assert Client(headers=read).post(address).status_code == 403
    assert desk.claim() == []
    assert Client(headers=_token(desk.cast.alice, "api_write")).post(address).status_code == 202
    assert len(desk.claim()) == 1


def test_a_foreign_connection_answers_like_a_missing_one(desk):
    token = _token(desk.cast.mallory, "api_write")
    for route in ("", "pulls/", "test/"):
        base = f"/api/v1/o/{desk.cast.b.slug}/connections/"
        foreign = Client(headers=token).get(f"{base}{desk.connection_id}/{route}")
        missing = Client(headers=token).get(f"{base}0198c0de-0000-7000-8000-000000000000/{route}")
        assert (foreign.status_code, foreign.content) == (404, missing.content)
