"""One pull becomes one coverage row, and fact versions only where something changed."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from inventory.errors import DoubledFact, UnknownKind
from inventory.models import Coverage, CurrentFact, FactVersion
from inventory.selectors import coverage, current_facts, facts_at
from inventory.services import record_pull, retire_source
from inventory.types import SeenFact
from tests.inventory.readings import NOON, bucket, credential_row, reading

DAY = timedelta(days=1)


@pytest.fixture
def connection():
    return uuid4()


@pytest.fixture
def bound(organization, connection):
    with organization.job(task="pull", connection_id=connection) as scope:
        yield scope


def counts():
    return Coverage.objects.count(), FactVersion.objects.count(), CurrentFact.objects.count()


def test_the_first_pull_writes_every_fact_and_cites_its_seal(bound, connection):
    changes = record_pull(reading(bucket("a", seal=11), bucket("b", seal=12), connection=connection))
    assert (changes.complete, changes.unchanged, len(changes.changed), changes.gone) == (True, 0, 2, ())
    assert [(f.key, f.seal) for f in current_facts(connection_id=connection, stream="aws.s3.buckets")] == [
        ("310000000101/a", 11), ("310000000101/b", 12),
    ]  # fmt: skip


def test_an_unchanged_pull_writes_one_coverage_row_and_nothing_else(bound, connection):
    record_pull(reading(bucket("a"), bucket("b"), connection=connection))
    before = counts()
    changes = record_pull(reading(bucket("b", seal=21), bucket("a", seal=20), connection=connection, at=NOON + DAY))
    assert counts() == (before[0] + 1, before[1], before[2])
    assert (changes.changed, changes.gone, changes.unchanged) == ((), (), 2)


def test_a_report_that_only_says_another_time_of_writing_is_unchanged(bound, connection):
    record_pull(reading(credential_row("ana"), connection=connection))
    again = credential_row("ana", generated_at="2026-09-02T11:00:00+00:00")
    assert record_pull(reading(again, connection=connection, at=NOON + DAY)).changed == ()


def test_a_change_adds_a_version_and_leaves_the_old_one(bound, connection):
    record_pull(reading(bucket("a"), connection=connection))
    changes = record_pull(reading(bucket("a", seal=30, policy_is_public=True), connection=connection, at=NOON + DAY))
    assert [f.seal for f in changes.changed] == [30]
    assert [f.payload["policy_is_public"] for f in facts_at(kind="aws_s3_bucket", at=NOON)] == [None]
    assert [f.payload["policy_is_public"] for f in facts_at(kind="aws_s3_bucket", at=NOON + DAY)] == [True]


def test_only_a_complete_pull_ends_a_resource(bound, connection):
    four = [bucket(n) for n in "abcd"]
    record_pull(reading(*four, connection=connection))
    partial = record_pull(reading(*four[:3], connection=connection, at=NOON + DAY, outcome="partial"))
    assert (partial.complete, partial.gone) == (False, ())
    complete = record_pull(reading(*four[:3], connection=connection, at=NOON + 2 * DAY, seals=(40, 41)))
    assert [(f.key, f.seal, f.present) for f in complete.gone] == [("310000000101/d", 41, False)]
    assert complete.catch_up
    assert {f.key for f in facts_at(kind="aws_s3_bucket", at=NOON + 2 * DAY)} == {f"310000000101/{n}" for n in "abc"}
    assert len(facts_at(kind="aws_s3_bucket", at=NOON + DAY)) == 4


def test_a_resource_that_comes_back_has_a_new_life(bound, connection):
    record_pull(reading(*[bucket(n) for n in "abcd"], connection=connection))
    record_pull(reading(*[bucket(n) for n in "abc"], connection=connection, at=NOON + DAY))
    back = record_pull(reading(*[bucket(n) for n in "abcd"], connection=connection, at=NOON + 2 * DAY))
    assert [f.key for f in back.changed] == ["310000000101/d"]


def test_a_population_that_falls_by_more_than_thirty_percent_is_held_for_a_second_read(bound, connection):
    ten = [bucket(f"b{n}") for n in range(10)]
    record_pull(reading(*ten, connection=connection))
    held = record_pull(reading(*ten[:6], connection=connection, at=NOON + DAY))
    assert (held.complete, held.held, held.gone) == (False, True, ())
    agreed = record_pull(reading(*ten[:6], connection=connection, at=NOON + DAY + timedelta(minutes=5)))
    assert (agreed.complete, agreed.held, len(agreed.gone)) == (True, False, 4)


def test_a_drop_of_exactly_thirty_percent_is_not_held(bound, connection):
    ten = [bucket(f"b{n}") for n in range(10)]
    record_pull(reading(*ten, connection=connection))
    assert record_pull(reading(*ten[:7], connection=connection, at=NOON + DAY)).complete


def test_a_second_read_that_falls_further_is_held_again(bound, connection):
    ten = [bucket(f"b{n}") for n in range(10)]
    record_pull(reading(*ten, connection=connection))
    record_pull(reading(*ten[:6], connection=connection, at=NOON + DAY))
    assert record_pull(reading(*ten[:2], connection=connection, at=NOON + 2 * DAY)).held


def test_a_failed_pull_leaves_its_row_and_touches_no_fact(bound, connection):
    record_pull(reading(bucket("a"), connection=connection))
    before = counts()
    failed = record_pull(
        reading(connection=connection, at=NOON + DAY, outcome="failed", reason="AccessDenied", seals=())
    )
    assert counts() == (before[0] + 1, before[1], before[2])
    assert (failed.complete, failed.changed, failed.gone) == (False, (), ())
    span = coverage(["aws.s3.buckets"], NOON + DAY, NOON + 2 * DAY)[-1]
    assert (span.outcome, span.reason) == ("failed", "AccessDenied")


def test_a_reading_older_than_the_one_before_changes_nothing(bound, connection):
    record_pull(reading(bucket("a"), connection=connection, at=NOON + DAY))
    late = record_pull(reading(bucket("a", policy_is_public=True), connection=connection, at=NOON))
    assert (late.complete, late.changed) == (False, ())


def test_a_resource_that_comes_twice_with_different_contents_is_refused(bound, connection):
    with pytest.raises(DoubledFact):
        record_pull(reading(bucket("a"), bucket("a", acl_public=True), connection=connection))


def test_a_kind_that_nobody_declared_is_refused(bound, connection):
    with pytest.raises(UnknownKind):
        record_pull(reading(SeenFact(kind="mystery", key="x", payload={}, seal=1), connection=connection))


def test_coverage_gives_the_span_and_what_is_needed_to_judge_its_edges(bound, connection):
    for day in range(6):
        record_pull(reading(bucket("a"), connection=connection, at=NOON + day * DAY))
    spans = coverage(["aws.s3.buckets"], NOON + 4 * DAY, NOON + 5 * DAY)
    assert [(s.observed_at - NOON).days for s in spans] == [0, 3, 4]
    assert spans[0].fresh_until == NOON + 2 * DAY
    assert (spans[0].credential_identity, spans[0].collector_version, spans[0].calls) == (
        "role/AttestryAudit",
        "aws 1",
        3,
    )


def test_a_retired_source_keeps_its_facts(bound, connection):
    record_pull(reading(bucket("a"), connection=connection))
    retire_source(connection_id=connection, streams=["aws.s3.buckets"], at=NOON + DAY, reason="disconnected by Alice")
    assert len(current_facts(connection_id=connection, stream="aws.s3.buckets")) == 1
    assert coverage(["aws.s3.buckets"], NOON, NOON + 2 * DAY)[-1].outcome == "retired"


@pytest.mark.parametrize("changed", [0, 1])
def test_the_number_of_queries_does_not_depend_on_the_number_of_facts(organization, changed):
    taken = []
    for size in (10, 1000):
        connection = uuid4()
        with organization.job(task="pull", connection_id=connection):
            record_pull(reading(*[bucket(f"b{n}") for n in range(size)], connection=connection))
            facts = [bucket(f"b{n}", acl_public=bool(changed)) for n in range(size)]
            with CaptureQueriesContext(connections["default"]) as queries:
                record_pull(reading(*facts, connection=connection, at=NOON + DAY))
            taken.append(len(queries))
    assert taken[0] == taken[1] <= 5
