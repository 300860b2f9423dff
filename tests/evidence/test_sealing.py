"""A page goes in as received and comes out as received; anything else is refused and said."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import rfc8785

from evidence.ledger import merkle
from evidence.selectors import open_record, record, records, verify_record
from evidence.selectors.leaves import leaves
from tests.cast import Cast, make_organization
from tests.evidence.pages import received, seal
from tests.sandbox.test_simulated_time import PAST, make_sandbox


def test_a_sealed_page_opens_to_the_bytes_that_were_received() -> None:
    a, connection = make_organization(), uuid4()
    page = received(b"\x00\xff raw bytes \n")
    sealed = seal(a, page, connection_id=connection)
    with a.owner.bound():
        opened = open_record(sealed.seq)
        assert opened.body == page.body
        assert opened.status == 200
        assert opened.request == page.request
        assert set(opened.headers) == {"date", "x-amzn-requestid"}
        assert opened.view.connection_id == connection
        assert opened.view.state == "waiting"
        assert opened.view.size == len(page.body)
        assert record(sealed.seq) == opened.view == records()[0]


def test_a_fresh_record_verifies_as_far_as_it_can_and_waits_for_the_checkpoint(cast: Cast) -> None:
    sealed = seal(cast.a, received())
    with cast.alice.bound():
        result = verify_record(sealed.seq)
    assert [(step.key, step.ok) for step in result.steps] == [
        ("leaf", True),
        ("row", True),
        ("bytes", True),
        ("content", True),
        ("inclusion", None),
        ("signature", None),
    ]
    assert result.waiting
    assert not result.ok


def test_the_leaf_is_canonical_json_by_an_independent_implementation() -> None:
    a = make_organization()
    sealed = [seal(a, received(page=n)) for n in range(3)]
    with a.owner.bound():
        found = leaves(s.seq for s in sealed)
    assert [s.seq for s in sealed] == [0, 1, 2]
    for s in sealed:
        body = found[s.seq].body
        assert rfc8785.dumps(json.loads(body)) == body
        assert set(json.loads(body)) == {
            "v", "log", "seq", "type", "recorded_at", "observed_at", "stream", "page", "ct_sha256", "ct_len", "pt_commit",
            "codec", "key", "actor", "simulated"}  # fmt: skip
        assert merkle.leaf_hash(body) == found[s.seq].hash == s.leaf_hash


def test_a_sandbox_record_says_simulated_in_the_leaf_and_was_known_at_its_own_clock(
    sign: Callable[[], Any], inspect: Callable[..., Any]
) -> None:
    sandbox = make_sandbox(PAST)
    sealed = seal(sandbox, received(observed_at=PAST))
    sign()
    with sandbox.owner.bound():
        view = record(sealed.seq)
        assert json.loads(leaves([sealed.seq])[sealed.seq].body)["simulated"] is True
        assert verify_record(sealed.seq).ok
    assert (view.simulated, view.observed_at, view.known_at) == (True, PAST, PAST)
    assert view.recorded_at > PAST + timedelta(days=1)
    assert inspect(sandbox).findings == []
