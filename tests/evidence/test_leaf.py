"""The database writes the leaf; two readers that share nothing with it agree on what it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from django.db import DatabaseError, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evidence.fsck.leaf import NotALeaf, read_leaf
from organizations import scope
from tests.cast import Organization, make_organization

DIGESTS = st.binary(min_size=32, max_size=32)
APPEND = "select sec.append_leaf(%s, %s, %s, %s, %s, %s, %s, %s, %s, false)"


@pytest.fixture(scope="module")
def organization() -> Organization:
    return make_organization()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.from_regex(r"[a-z_.]{1,40}", fullmatch=True),
    observed_at=st.datetimes(max_value=datetime(2026, 1, 1), timezones=st.just(UTC)),
    stream=st.from_regex(r"[a-z0-9_.:-]{0,80}", fullmatch=True),
    page=st.integers(0, 2**31 - 1),
    digests=st.tuples(DIGESTS, DIGESTS),
    ct_len=st.integers(0, 2**53 - 1),
    codec=st.integers(0, 2**31 - 1),
    key=st.uuids(),
)
def test_every_leaf_that_the_database_writes_is_canonical(
    organization: Organization, kind: str, observed_at: datetime, stream: str, page: int, digests: tuple[bytes, bytes],
    ct_len: int, codec: int, key: UUID,
) -> None:  # fmt: skip
    with organization.job(), connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(APPEND, (kind, observed_at, stream, page, digests[0], ct_len, digests[1], codec, key))
        (seq,) = cursor.fetchone()
        cursor.execute("select body from app.leaf where organization_id = %s and seq = %s", (organization.id, seq))
        body = bytes(cursor.fetchone()[0])
    assert rfc8785.dumps(json.loads(body)) == body
    leaf = read_leaf(body)
    assert (leaf.kind, leaf.observed_at, leaf.stream, leaf.page, leaf.ct_sha256, leaf.ct_len, leaf.pt_commit, leaf.codec) == (
        kind, observed_at, stream, page, digests[0], ct_len, digests[1], codec)  # fmt: skip
    assert (leaf.key, leaf.seq, leaf.simulated) == (key, seq, False)


GOOD = {
    "actor": str(UUID(int=1)), "codec": 1, "ct_len": 1, "ct_sha256": "0" * 64, "key": str(UUID(int=2)), "log": str(UUID(int=3)),
    "observed_at": "2026-11-20T12:00:00.000000Z", "page": 0, "pt_commit": "f" * 64, "recorded_at": "2026-11-20T12:00:01.000000Z",
    "seq": 0, "simulated": False, "stream": "aws.s3.buckets", "type": "evidence", "v": 1,
}  # fmt: skip


def test_the_reader_accepts_the_canonical_writing() -> None:
    assert read_leaf(rfc8785.dumps(GOOD)).stream == "aws.s3.buckets"


def _text(**changes: Any) -> bytes:
    return json.dumps(GOOD | changes, separators=(",", ":")).encode()


OTHER_WRITINGS = {
    "spaces": json.dumps(GOOD).encode(),
    "another order": json.dumps(dict(reversed(GOOD.items())), separators=(",", ":")).encode(),
    "an extra field": json.dumps(GOOD | {"zz": 1}, separators=(",", ":")).encode(),
    "a missing field": json.dumps({k: v for k, v in GOOD.items() if k != "page"}, separators=(",", ":")).encode(),
    "a field twice": rfc8785.dumps(GOOD).replace(b'"page":0', b'"page":1,"page":0'),
    "an escaped letter": rfc8785.dumps(GOOD).replace(b"aws.s3", b"\\u0061ws.s3"),
    "a float": rfc8785.dumps(GOOD).replace(b'"page":0', b'"page":0.0'),
    "an exponent": rfc8785.dumps(GOOD).replace(b'"page":0', b'"page":0e0'),
    "a minus zero": rfc8785.dumps(GOOD).replace(b'"page":0', b'"page":-0'),
    "a number too large": _text(page=2**53 + 1),
    "a negative number": _text(page=-1),
    "a true for a one": _text(v=True),
    "another version": _text(v=2),
    "capital hex": _text(ct_sha256="A" * 64),
    "a full-width digit": rfc8785.dumps(GOOD | {"stream": "aws"}).replace(b"aws", "a３s".encode()),
    "a day that is none": _text(observed_at="2026-02-30T12:00:00.000000Z"),
    "no microseconds": _text(observed_at="2026-02-03T12:00:00Z"),
    "a newline at the end": rfc8785.dumps(GOOD) + b"\n",
    "two leaves": rfc8785.dumps(GOOD) * 2,
    "a list": b"[]",
    "nothing": b"",
    "a deep nest": b"[" * 100_000,
}


@pytest.mark.parametrize("writing", OTHER_WRITINGS)
def test_the_reader_refuses_every_other_writing(writing: str) -> None:
    with pytest.raises(NotALeaf):
        read_leaf(OTHER_WRITINGS[writing])


@pytest.mark.parametrize(
    "given_values",
    [
        {"kind": "Evidence"},
        {"kind": ""},
        {"stream": 'a","x":"'},
        {"stream": "a" * 81},
        {"digest": b"short"},
        {"page": -1},
        {"codec": -1},
        {"ct_len": -1},
        {"key": None},
        {"observed_at": None},
    ],
    ids=str,
)
def test_the_database_refuses_a_leaf_out_of_form(organization: Organization, given_values: dict[str, Any]) -> None:
    values = {
        "kind": "evidence", "observed_at": datetime(2026, 1, 1, tzinfo=UTC), "stream": "aws", "page": 0, "digest": bytes(32),
        "ct_len": 1, "codec": 1, "key": UUID(int=1),
    } | given_values  # fmt: skip
    ordered = [values[name] for name in ("kind", "observed_at", "stream", "page", "digest", "ct_len")]
    with pytest.raises(DatabaseError), organization.job(), connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(APPEND, (*ordered, bytes(32), values["codec"], values["key"]))
