"""Every GitHub stream with the real PyGithub through a faulting proxy: no false complete, no wrong value, no secret anywhere."""

from __future__ import annotations

import itertools
import json
import logging
import time

import pytest

from integrations.connectors.github.streams import STREAMS as BUILT
from tests.integrations.conformance.faults import NotApplicable
from tests.integrations.github.faults import ROWS, STREAMS
from tests.tally import count, line

pytestmark = pytest.mark.campaign
STREAM_OF = {stream.key: stream for stream in BUILT}
CELLS = [pytest.param(row, stream, id=f"{row.name}-{stream}") for row in ROWS for stream in STREAMS]


def _reached(row, stream: str, text: str) -> None:
    count("conformance cells")
    line(
        "conformance, GitHub: fault, stream, what came of it", f"{ROWS.index(row):>2} {row.name:45} {stream:15} {text}"
    )


@pytest.mark.parametrize(("row", "stream"), CELLS)
def test_a_fault_on_a_stream_is_never_a_false_complete_and_never_a_wrong_value(row, stream, proxy, pull):
    cell = row.cells[stream]
    if isinstance(cell, NotApplicable):
        assert cell.reason
        _reached(row, stream, f"not applicable: {cell.reason}")
        return
    truth = pull(STREAM_OF[stream])
    assert truth.outcome == "complete", truth.reason
    proxy.use(row.make(stream))
    started = time.monotonic()
    found = pull(STREAM_OF[stream])
    assert time.monotonic() - started < 5
    assert (found.outcome, found.code) == (cell.outcome, cell.code), found.reason
    if cell.outcome == "deferred":
        assert found.retry_after == cell.retry_after
    if cell.outcome in ("partial", "failed"):
        assert found.reason
    _assert_true(found, truth)
    if cell.unknown:
        assert any(_unknown(payload[cell.unknown]) for payload in found.payloads().values())
    unknown = f", {cell.unknown} unknown" if cell.unknown else ""
    _reached(row, stream, f"{found.outcome}{unknown} {found.code}".rstrip())


def _assert_true(found, truth) -> None:
    """Whatever was concluded is what an undisturbed pull says, or unknown; a complete pull has everything."""
    right, seen = truth.payloads(), found.payloads()
    assert set(seen) <= set(right)
    if found.outcome == "complete":
        assert set(seen) == set(right)
    if found.outcome in ("failed", "deferred"):
        assert not seen
    wrong = {
        (key, name): value
        for key, payload in seen.items()
        for name, value in payload.items()
        if value != right[key][name] and not _unknown(value)
    }
    assert not wrong


def _unknown(value: object) -> bool:
    return isinstance(value, dict) and bool(value.get("unknown"))


def test_the_matrix_has_no_empty_cell():
    assert set(STREAM_OF) == set(STREAMS)
    assert {(row.name, stream) for row in ROWS for stream in row.cells} == set(
        itertools.product([r.name for r in ROWS], STREAMS)
    )


@pytest.mark.parametrize("stream", STREAMS)
def test_no_secret_reaches_a_seal_a_log_or_an_error(stream, pull, access, caplog):
    caplog.set_level(logging.DEBUG)
    found = pull(STREAM_OF[stream])
    assert found.answers
    sealed = "".join(json.dumps([dict(a.request), dict(a.headers)]) + a.body.decode() for a in found.answers)
    assert access.token not in sealed + caplog.text + repr(access)
    assert "authorization" not in sealed.lower()
