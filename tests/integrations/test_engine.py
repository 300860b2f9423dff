"""The row is the queue: leases, fences, attempts, quarantine."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connections

from config import dispatcher, pipeline
from integrations import selectors, services
from integrations.errors import LeaseLost
from integrations.services import lease
from organizations import scope
from tests.integrations.conftest import Desk, job_of
from tests.tally import line


def _sched():
    return psycopg.connect(django_settings.ROLE_DSN["app_sched"], autocommit=True)


def _row(desk: Desk, stream: str):
    from integrations.models import Due

    with desk.cast.alice.bound():
        return Due.objects.get(connection_id=desk.connection_id, task="pull", stream=stream)


def _expire(desk: Desk) -> None:
    """The lease runs out, as after the death of a worker."""
    with _sched() as connection:
        connection.execute(
            "update app.integrations_due set lease_until = now() - interval '1 second' where connection_id = %s and lease_until is not null",
            (desk.connection_id,),
        )


def _counts(desk: Desk) -> dict[str, int]:
    from compliance.models import Flip
    from inventory.models import Coverage, FactVersion

    with desk.cast.alice.bound():
        return {
            "pulls": len(selectors.pulls(desk.connection_id)),
            "coverage": Coverage.objects.count(),
            "facts": FactVersion.objects.count(),
            "flips": Flip.objects.count(),
        }


def _only(desk: Desk, stream: str):
    with desk.cast.alice.bound():
        services.pull_now(desk.connection_id, stream)
    (job,) = desk.claim()
    return job


def test_a_message_without_a_ticket_does_nothing_and_is_logged(caplog):
    for message in ({}, {"job_id": "x", "connection_id": None, "fence": 1, "ticket": "00"}, {"ticket": None}):
        with pytest.raises(RuntimeError):
            pipeline.pull(**message)
    assert caplog.text.count("without a usable job ticket") == 3


def test_a_ticket_of_another_connection_opens_nothing(desk, cast):
    from dataclasses import replace
    from uuid import uuid4

    desk.make_due()
    job = desk.claim()[0]
    for forged in (replace(job, connection_id=uuid4()), replace(job, task="probe"), replace(job, ticket=b"\0" * 32)):
        pipeline.pull.run(forged)
    assert _counts(desk) == {"pulls": 0, "coverage": 0, "facts": 0, "flips": 0}


def test_a_second_unchanged_pull_adds_one_coverage_row_a_stream_and_nothing_else(desk):
    before = None
    for _round in range(2):
        desk.make_due()
        for job in desk.claim():
            pipeline.pull.run(job)
        counts = _counts(desk)
        if before is not None:
            assert counts["flips"] == before["flips"]
            assert counts["facts"] == before["facts"]
            assert counts["coverage"] - before["coverage"] == 4
            assert counts["pulls"] - before["pulls"] == 4
            with desk.cast.alice.bound():
                sizes = [p.bytes_sealed for p in selectors.pulls(desk.connection_id)]
            line(
                "second, unchanged pull of four streams",
                f"{sum(sizes[4:]):,} bytes sealed first, {sum(sizes[:4]):,} bytes added by the second",
            )
        before = counts


def test_a_message_that_comes_twice_is_worked_once(desk):
    job = _only(desk, "aws.iam.summary")
    pipeline.pull.run(job)
    once = _counts(desk)
    pipeline.pull.run(job)
    assert _counts(desk) == once


def test_a_redelivered_message_takes_over_and_the_older_worker_writes_nothing_more(desk):
    job = _only(desk, "aws.iam.summary")
    older = services.read_stream(job)
    newer = services.read_stream(job)
    with pytest.raises(LeaseLost), scope.job(job.ticket, task="pull", connection_id=desk.connection_id):
        services.hold_fence(job, older.run)
    with scope.job(job.ticket, task="pull", connection_id=desk.connection_id):
        services.hold_fence(job, newer.run)
        services.finish(job, newer)
    after = _counts(desk)
    pipeline.pull.run(job)
    assert _counts(desk) == after


def test_a_lease_that_ran_out_is_due_again_with_a_higher_fence_and_the_late_worker_stops(desk):
    job = _only(desk, "aws.iam.summary")
    late = services.read_stream(job)
    _expire(desk)
    (again,) = desk.claim()
    assert again.fence == job.fence + 1
    with pytest.raises(LeaseLost), scope.job(job.ticket, task="pull", connection_id=desk.connection_id):
        services.hold_fence(job, late.run)
    pipeline.pull.run(again)
    assert _counts(desk)["pulls"] == 1


def test_work_that_kills_its_worker_three_times_is_quarantined_visibly_and_can_be_cleared(desk):
    job = _only(desk, "aws.iam.summary")
    for _death in range(3):
        with scope.job(job.ticket, task="pull", connection_id=desk.connection_id):
            assert lease.take_over(job) is not None
        _expire(desk)
        (job,) = desk.claim()
    pipeline.pull.run(job)
    row = _row(desk, "aws.iam.summary")
    assert row.quarantined_at is not None
    assert desk.claim() == []
    client = desk.cast.alice.client()
    address = f"/o/{desk.cast.a.slug}/connections/{desk.connection_id}/"
    assert "was stopped after three failed attempts" in client.get(address).content.decode()
    client.post(f"{address}clear/", {"stream": "aws.iam.summary"})
    (job,) = desk.claim()
    pipeline.pull.run(job)
    assert _row(desk, "aws.iam.summary").attempt == 0
    assert _counts(desk)["pulls"] == 1


def test_three_refusals_are_three_strikes_with_the_sentence_that_says_what_to_do(desk, stand_in):
    stand_in.trust.trust("310000000101", "somebody-elses-external-id")
    for strike in range(3):
        job = _only(desk, "aws.iam.summary")
        pipeline.pull.run(job)
        assert (_row(desk, "aws.iam.summary").quarantined_at is not None) == (strike == 2)
    page = desk.cast.alice.client().get(f"/o/{desk.cast.a.slug}/connections/{desk.connection_id}/").content.decode()
    assert "does not let Attestry assume the role" in page
    assert _counts(desk)["facts"] == 0


def test_an_unreachable_host_is_no_strike_and_backs_off(desk, settings):
    settings.AWS_ENDPOINT = "http://127.0.0.1:1"
    for _attempt in range(4):
        pipeline.pull.run(_only(desk, "aws.iam.summary"))
    row = _row(desk, "aws.iam.summary")
    assert (row.quarantined_at, row.attempt, row.failures) == (None, 0, 4)
    with desk.cast.alice.bound():
        newest = selectors.pulls(desk.connection_id)[0]
    assert (newest.outcome, newest.code) == ("failed", "unreachable")


def test_disconnecting_in_mid_pull_ends_it_without_another_row(desk):
    job = _only(desk, "aws.iam.summary")
    pulled = services.read_stream(job)
    with desk.cast.alice.bound():
        services.disconnect(desk.connection_id)
    before = _counts(desk)
    with pytest.raises(LeaseLost), scope.job(job.ticket, task="pull", connection_id=desk.connection_id):
        services.hold_fence(job, pulled.run)
    pipeline.pull.run(job)
    assert _counts(desk) == before


def test_an_error_nobody_foresaw_is_a_strike_and_not_a_crash(desk, monkeypatch, caplog):
    monkeypatch.setattr("inventory.services.record_pull", lambda reading: 1 / 0)
    pipeline.pull.run(_only(desk, "aws.iam.summary"))
    row = _row(desk, "aws.iam.summary")
    assert (row.lease_until, row.last_outcome, row.attempt) == (None, "failed", 1)
    assert _counts(desk) == {"pulls": 0, "coverage": 0, "facts": 0, "flips": 0}


def test_two_dispatchers_never_lease_the_same_row_and_keep_each_organizations_cap(stand_in, settings):
    from integrations.models import Due
    from tests.cast import make_organization

    settings.AWS_ENDPOINT = stand_in.url
    organizations = [make_organization() for _ in range(3)]
    for organization in organizations:
        with organization.owner.bound():
            connection_id = services.connect_aws(
                name="P", region="eu-central-1", role_arn="arn:aws:iam::310000000101:role/AttestryAudit", test=False
            )
            for n in range(20):
                Due.objects.create(
                    connection_id=connection_id, task="pull", stream=f"extra.{n}", next_run_at="2020-01-01T00:00Z"
                )
    claimed: list[tuple] = []

    def work():
        with _sched() as connection:
            for _look in range(8):
                claimed.extend((m.job_id, m.fence) for m in dispatcher.claim(connection, cap=6, batch=5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(claimed) == len(set(claimed))
    for organization in organizations:
        with organization.owner.bound():
            assert Due.objects.filter(stream__startswith="extra.", lease_until__isnull=False).count() == 6


def test_the_dispatcher_sees_ids_and_times_and_nothing_else():
    with _sched() as connection:
        for column in ("stream", "quarantine_reason", "last_outcome"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select {column} from app.integrations_due")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from app.integrations_connection")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("update app.integrations_due set attempt = 0")
    assert connections
    assert job_of
