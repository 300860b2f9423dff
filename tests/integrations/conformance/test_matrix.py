"""Every stream with the real SDK through a faulting proxy: no false complete, no false pass, no secret anywhere."""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings as django_settings

from config import dispatcher, pipeline
from integrations import selectors, services
from integrations.connectors.aws import session as aws_session
from tests.cast import make_organization
from tests.integrations.conformance.faults import ACCOUNT, ROWS, STREAMS, Expected, NotApplicable
from tests.integrations.conformance.proxy import FaultProxy
from tests.integrations.conftest import job_of
from tests.tally import count, line

pytestmark = pytest.mark.campaign


def _reached(row, stream, text: str) -> None:
    """One cell of the matrix that the run prints at its end, whatever process filled it."""
    count("conformance cells")
    line("conformance: fault, stream, what came of it", f"{ROWS.index(row):>2} {row.name:32} {stream:28} {text}")


@pytest.fixture(scope="module")
def proxy(stand_in) -> Iterator[FaultProxy]:
    running = FaultProxy(stand_in.url).start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _small_pages_and_no_waiting(monkeypatch, settings, proxy):
    settings.AWS_ENDPOINT = proxy.url
    monkeypatch.setattr(aws_session, "PAGE_SIZE", 1)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)


def _connected(stand_in, *, region: str = "eu-central-1"):
    organization = make_organization()
    with organization.owner.bound():
        stand_in.trust.trust(ACCOUNT, services.external_id())
        role = f"arn:aws:iam::{ACCOUNT}:role/AttestryAudit"
        connection_id = services.connect_aws(name="Production", region=region, role_arn=role, test=False)
    return organization, connection_id


def _pull(organization, connection_id, stream):
    """One pull through the whole pipeline, claimed as the dispatcher does."""
    with organization.owner.bound():
        services.pull_now(connection_id, stream)
    with psycopg.connect(django_settings.ROLE_DSN["app_sched"], autocommit=True) as connection:
        messages = dispatcher.claim(connection)
    (message,) = [m for m in messages if m.connection_id == connection_id]
    pipeline.pull.run(job_of(message))
    with organization.owner.bound():
        return selectors.pulls(connection_id)[0]


def _outcomes(organization) -> list[str]:
    from compliance.models import Flip

    with organization.owner.bound():
        return list(Flip.objects.values_list("outcome", flat=True))


def _facts(organization) -> list[dict]:
    from inventory.models import FactVersion

    with organization.owner.bound():
        return list(FactVersion.objects.values_list("payload", flat=True))


CELLS = [pytest.param(row, stream, id=f"{row.name}-{stream}") for row in ROWS for stream in STREAMS]


@pytest.mark.parametrize(("row", "stream"), CELLS)
def test_a_fault_on_a_stream_is_never_a_false_complete_and_never_a_pass(row, stream, proxy, stand_in):
    cell = row.cells[stream]
    if isinstance(cell, NotApplicable):
        assert cell.reason
        _reached(row, stream, f"not applicable: {cell.reason}")
        return
    organization, connection_id = _connected(stand_in)
    proxy.use(row.make(stream))
    started = time.monotonic()
    pull = _pull(organization, connection_id, stream)
    assert time.monotonic() - started < 5
    assert (pull.outcome, pull.code) == (cell.outcome, cell.code), pull.reason
    assert cell.items in (None, pull.items)
    _assert_judged(cell, organization)
    if cell.retry_after is not None:
        _assert_waits(organization, connection_id, stream, cell.retry_after)
    if cell.outcome in ("partial", "failed"):
        assert pull.reason
    unknown = f", {cell.unknown} unknown" if cell.unknown else ""
    _reached(row, stream, f"{pull.outcome}{unknown} {pull.code}".rstrip())


def _assert_judged(cell: Expected, organization) -> None:
    passes = _outcomes(organization).count("pass")
    assert passes == 0 or cell.passes
    if cell.unknown:
        values = [payload[cell.unknown] for payload in _facts(organization)]
        assert any(isinstance(value, dict) and value.get("unknown") for value in values), values
    if cell.outcome in ("failed", "deferred"):
        assert _facts(organization) == []


def _assert_waits(organization, connection_id, stream, seconds: float) -> None:
    from integrations.selectors.database_clock import database_now

    with organization.owner.bound():
        view = next(s for s in selectors.connection(connection_id).streams if s.key == stream)
        wait = (view.next_run_at - database_now()).total_seconds()
    assert seconds - 10 < wait <= seconds


def test_the_matrix_has_no_empty_cell():
    assert {(row.name, stream) for row in ROWS for stream in row.cells} == set(
        itertools.product([r.name for r in ROWS], STREAMS)
    )


@pytest.mark.parametrize("stream", STREAMS)
def test_no_secret_reaches_a_seal_a_log_or_an_error(stream, proxy, stand_in, caplog):
    caplog.set_level(logging.DEBUG, logger="integrations")
    caplog.set_level(logging.DEBUG, logger="config")
    organization, connection_id = _connected(stand_in)
    key = stand_in.trust.account(ACCOUNT)
    sent: list[bytes] = []

    def listen(exchange):
        if exchange.operation == "AssumeRole":
            sent.append(exchange.body)
        return exchange

    proxy.use(listen)
    pull = _pull(organization, connection_id, stream)
    assert pull.outcome == "complete"
    secrets = [key["external_id"], key["key_secret"], *_handed_out(sent)]
    assert len(secrets) >= 5
    from evidence.selectors import open_record

    with organization.owner.bound():
        for seq in range(pull.first_seal, pull.first_seal + pull.pages):
            record = open_record(seq)
            sealed = json.dumps([dict(record.request), dict(record.headers)]) + record.body.decode()
            assert not [s for s in secrets if s in sealed]
            assert "authorization" not in sealed.lower().replace("authorizationdetails", "")
    assert not [s for s in secrets if s in caplog.text]


def _handed_out(answers: list[bytes]) -> list[str]:
    import re

    return [
        t.decode() for a in answers for t in re.findall(rb"<(?:AccessKeyId|SecretAccessKey|SessionToken)>([^<]+)<", a)
    ]
