"""Status of every control over a window, from the ledgers, in a constant number of queries."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from compliance.models import Control, ControlVersion
from compliance.selectors.window_timelines import window_timelines
from compliance.services import adopt_controls, write_control
from compliance.timeline.types import State
from compliance.timeline.window import Window
from inventory.services import retire_source
from organizations.gate.identifiers import uuid7
from organizations.gate.unnest import insert_rows
from tests.compliance.judged import pulled
from tests.inventory.readings import account_fact, bucket, credential_row

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WINDOW = Window(starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 30), zone="UTC")
T0 = WINDOW.start
LONG_AGO = datetime(2026, 8, 1, tzinfo=UTC)
REPORT, SUMMARY = "aws.iam.credential_report", "aws.iam.summary"


def defined(key: str, *checks: str, manual=(), at: datetime = LONG_AGO) -> None:
    """A control whose definition has been in force since long before the window."""
    control = Control.objects.create(key=key, origin="own")
    ControlVersion.objects.create(
        control=control,
        version=1,
        effective_at=at,
        title=key,
        statement=key,
        criteria=[],
        lane="own",
        duty=["continuous"],
        frequency="continuous",
        checks=list(checks),
        manual=list(manual),
        actor_id=uuid4(),
    )


def told(timeline):
    return [((i.from_at - T0) / DAY, i.state) for i in timeline.intervals]


@pytest.fixture
def connection():
    return uuid4()


@pytest.fixture
def bound(organization, connection):
    with organization.job(task="pull", connection_id=connection) as scope:
        yield scope


def test_from_pull_to_state_a_bucket_that_was_public_for_two_days(bound, connection):
    defined("OWN-01", "aws.s3.bucket_not_public")
    for day in range(10):
        public = {"policy_is_public": True, "block_public": None} if day in (3, 4) else {}
        pulled(bucket("logs", seal=100 + day, **public), bucket("data"), connection=connection, at=T0 + day * DAY)
    timeline = window_timelines(WINDOW, T0 + 10 * DAY)["OWN-01"]
    assert told(timeline) == [(0, State.OPERATING), (3, State.EXCEPTION), (5, State.OPERATING)]
    (candidate,) = timeline.candidates
    assert (candidate.resource_key, candidate.seal) == ("310000000101/logs", 103)
    assert (candidate.from_at, candidate.until) == (T0 + 3 * DAY, T0 + 5 * DAY)
    assert candidate.remediation_due_at == T0 + 10 * DAY
    (part,) = timeline.parts
    assert (part.coverage_done, part.coverage_planned, part.last_run_at) == (10, 10, T0 + 9 * DAY)


def test_an_outage_is_not_observed_until_the_connector_answers_again(bound, connection):
    defined("OWN-01", "aws.s3.bucket_not_public")
    for day in range(10):
        lost = day in (3, 4, 5)
        pulled(*([] if lost else [bucket("logs")]), connection=connection, at=T0 + day * DAY, outcome="failed" if lost else "complete",
               reason="AccessDenied" if lost else "", seals=() if lost else (1,))  # fmt: skip
    timeline = window_timelines(WINDOW, T0 + 10 * DAY)["OWN-01"]
    assert told(timeline) == [(0, State.OPERATING), (4, State.NOT_OBSERVED), (6, State.OPERATING)]
    assert timeline.intervals[1].reason.endswith("was last read completely on 3 Sep 2026, 00:00: AccessDenied")


def test_a_stale_key_is_an_exception_from_the_minute_it_turned_too_old(bound, connection):
    defined("OWN-01", "aws.iam.access_key_age")
    rotated = T0 + 3 * DAY + 5 * HOUR - 90 * DAY
    row = credential_row("ci", access_key_1_active=True, access_key_1_last_rotated=rotated.isoformat())
    for day in range(5):
        pulled(row, connection=connection, at=T0 + day * DAY, stream=REPORT)
    before = window_timelines(WINDOW, T0 + 3 * DAY)["OWN-01"]
    after = window_timelines(WINDOW, T0 + 5 * DAY)["OWN-01"]
    assert told(before) == [(0, State.OPERATING)]
    assert told(after) == [(0, State.OPERATING), (3 + 5 / 24, State.EXCEPTION)]


def test_between_its_limit_and_the_next_reading_a_key_is_not_observed(bound, connection):
    defined("OWN-01", "aws.iam.access_key_age")
    rotated = T0 + 5 * HOUR - 90 * DAY
    row = credential_row("ci", access_key_1_active=True, access_key_1_last_rotated=rotated.isoformat())
    pulled(row, connection=connection, at=T0, stream=REPORT)
    assert told(window_timelines(WINDOW, T0 + 8 * HOUR)["OWN-01"]) == [
        (0, State.OPERATING),
        (5 / 24, State.NOT_OBSERVED),
    ]


def test_root_use_is_a_dated_point_and_no_use_is_no_occurrence(organization, connection):
    from compliance.services import open_register

    used = T0 + 2 * DAY + 7 * HOUR
    with organization.owner.bound():
        defined("OWN-01", "aws.iam.root_not_used")
        opened = open_register(register="approvals")
    assert opened > used  # the register of this test is opened now, after the window's September
    with organization.job(connection_id=connection):
        for day in range(5):
            root = credential_row("<root_account>", password_last_used=used.isoformat() if day > 2 else None)
            pulled(root, connection=connection, at=T0 + day * DAY, stream=REPORT)
        timeline = window_timelines(WINDOW, T0 + 5 * DAY)["OWN-01"]
        assert told(timeline) == [(0, State.NO_OCCURRENCE), (2 + 7 / 24, State.NOT_OBSERVED)]
        assert "before the approvals register was opened" in timeline.now.reason


def test_a_control_of_the_library_says_which_of_its_parts_are_not_collected(organization, connection):
    with organization.owner.bound():
        adopt_controls(keys=["AC-08"])
    with organization.job(connection_id=connection):
        pulled(account_fact(), connection=connection, at=T0, stream=SUMMARY)
        pulled(credential_row("<root_account>"), connection=connection, at=T0, stream=REPORT)
        timeline = window_timelines(WINDOW, T0 + DAY)["AC-08"]
        assert (timeline.parts_collected, len(timeline.parts)) == (2, 8)
        assert timeline.state is State.NOT_OBSERVED
        reasons = {part.id: part.missing_reason for part in timeline.parts if not part.collected}
        assert "this version has no check for it" in reasons["aws.iam.root_no_access_keys"]
        assert "nobody has been asked for it" in reasons["AC-08.1"]


def test_before_anything_is_connected_the_parts_say_what_to_connect(bound):
    defined("OWN-01", "aws.s3.bucket_not_public")
    timeline = window_timelines(WINDOW, T0 + DAY)["OWN-01"]
    assert (
        timeline.parts[0].missing_reason
        == "Buckets not public is not collected yet: no connected system reads Buckets and their settings"
    )
    assert told(timeline) == [(0, State.NOT_OBSERVED)]


def test_a_second_account_that_is_not_read_makes_the_control_not_observed(bound, connection):
    defined("OWN-01", "aws.s3.bucket_not_public")
    other = uuid4()
    for day in range(6):
        pulled(bucket("logs"), connection=connection, at=T0 + day * DAY)
        if day < 2:
            pulled(bucket("data"), connection=other, at=T0 + day * DAY + HOUR)
    assert told(window_timelines(WINDOW, T0 + 6 * DAY)["OWN-01"])[-1][1] is State.NOT_OBSERVED
    retire_source(connection_id=other, streams=["aws.s3.buckets"], at=T0 + 3 * DAY, reason="disconnected")
    assert told(window_timelines(WINDOW, T0 + 6 * DAY)["OWN-01"]) == [(0, State.OPERATING), (3, State.OPERATING)][:1]


def test_only_the_controls_asked_for(bound):
    defined("OWN-01", "aws.s3.bucket_not_public")
    defined("OWN-02", "aws.iam.root_mfa")
    assert list(window_timelines(WINDOW, T0, keys=["OWN-02"])) == ["OWN-02"]


def test_before_and_after_the_window(bound, connection):
    defined("OWN-01", "aws.s3.bucket_not_public")
    pulled(bucket("logs"), connection=connection, at=T0 + DAY)
    assert window_timelines(WINDOW, T0 - DAY)["OWN-01"].intervals == ()
    assert window_timelines(WINDOW, WINDOW.end + 30 * DAY)["OWN-01"].intervals[-1].until == WINDOW.end


def test_what_is_written_now_is_not_observed_before_it_was_written(organization):
    now = datetime.now(UTC)
    window = Window(starts_on=(now - 10 * DAY).date(), ends_on=(now + 50 * DAY).date(), zone="UTC")
    with organization.owner.bound():
        key = write_control(title="Buckets", statement="No bucket is public.", checks=["aws.s3.bucket_not_public"])
        timeline = window_timelines(window, datetime.now(UTC) + HOUR)[key]
        assert timeline.intervals[0].state is State.NOT_OBSERVED
        assert "was not adopted until" in timeline.intervals[0].reason


def many(controls: int, resources: int) -> None:
    ids = [uuid7() for _ in range(controls)]
    insert_rows(Control, [{"id": id_, "key": f"C-{n}", "origin": "own"} for n, id_ in enumerate(ids)])
    checks = ["aws.s3.bucket_not_public", "aws.iam.root_mfa", "aws.iam.root_no_access_keys"]
    insert_rows(ControlVersion, [
        {"control_id": id_, "version": 1, "effective_at": LONG_AGO, "title": "t", "statement": "s", "criteria": [], "lane": "own",
         "duty": ["continuous"], "frequency": "continuous", "typical_exception": "", "checks": checks[: 1 + n % 3], "manual": [], "actor_id": id_}
        for n, id_ in enumerate(ids)
    ])  # fmt: skip
    connection = uuid4()
    for day in range(8):
        facts = [bucket(f"b{n}", acl_public=(n + day) % 5 == 0, block_public=None) for n in range(resources)]
        pulled(*facts, connection=connection, at=T0 + day * DAY)


def test_the_number_of_queries_is_the_same_at_ten_and_a_thousand_controls(cast):
    taken = []
    for organization, controls, resources in ((cast.a, 10, 5), (cast.b, 1000, 60)):
        with organization.job():
            many(controls, resources)
            with CaptureQueriesContext(connections["default"]) as queries:
                timelines = window_timelines(WINDOW, T0 + 9 * DAY)
            assert len(timelines) == controls
            taken.append(len(queries))
    assert taken == [7, 7]
