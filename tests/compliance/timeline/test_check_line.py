"""A check over a window, told by example: when it operates, when nobody looked, when it failed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from compliance.timeline.build import Ledgers, build
from compliance.timeline.inputs import CheckStart, ControlSpec, Definition, EventRow, FlipRow, Lapse, PartSpec, PullRow
from compliance.timeline.types import Duty, State
from compliance.timeline.weeks import cells
from compliance.timeline.window import Window

WINDOW = Window(starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 30), zone="UTC")
T0, HOUR, DAY = WINDOW.start, timedelta(hours=1), timedelta(days=1)
A, B = UUID(int=1), UUID(int=2)
CHECK = PartSpec(id="buckets", title="Buckets", kind="check", duty=Duty.CONTINUOUS, streams=("s3",), remediation_days=7)
ROOT = PartSpec(id="root", title="Root", kind="check", duty=Duty.EVENT, streams=("s3",))
LATER = PartSpec(
    id="later", title="Later", kind="check", duty=Duty.CONTINUOUS, missing_reason="Later is not collected yet"
)


def pull(at, outcome="complete", connection=A, **kw):
    return PullRow(
        connection_id=connection, stream="s3", outcome=outcome, observed_at=at, fresh_until=at + 2 * DAY, **kw
    )


def daily(days, *, start=T0, connection=A, skip=()):
    return [pull(start + n * DAY, connection=connection) for n in range(days) if n not in skip]


def flip(at, outcome, key="b1", *, connection=A, n=0, since=None):
    since = at if outcome == "fail" and since is None else since
    return FlipRow(id=UUID(int=100 + n), check_id="buckets", connection_id=connection, resource_key=key, outcome=outcome,
                   reason=f"{key} {outcome}", seal=n, observed_at=at, failing_since=since)  # fmt: skip


def line(*, as_of, pulls, flips=(), events=(), lapses=(), parts=(CHECK,), connections=(A,), definitions=None):
    starts = [
        CheckStart(check_id=p.id, connection_id=c, version="1", parameters="1", observed_at=T0 - 30 * DAY)
        for p in parts
        for c in connections
    ]
    definitions = definitions or (Definition(version=1, effective_at=T0 - 30 * DAY, parts=tuple(p.id for p in parts)),)
    ledgers = Ledgers(flips=flips, pulls=pulls, events=events, lapses=lapses, starts=starts)
    return build(
        [ControlSpec(key="C-1", definitions=definitions)],
        {p.id: p for p in (CHECK, ROOT, LATER)},
        ledgers,
        WINDOW,
        as_of,
    )["C-1"]


def told(timeline):
    """[(days since the window began, state)]"""
    return [((i.from_at - T0) / DAY, i.state) for i in timeline.intervals]


def test_daily_complete_pulls_without_a_failure_operate():
    found = line(as_of=T0 + 10 * DAY, pulls=daily(10), flips=[flip(T0, "pass")])
    assert told(found) == [(0, State.OPERATING)]
    assert (found.state, found.candidates) == (State.OPERATING, ())
    assert (found.parts[0].coverage_done, found.parts[0].coverage_planned) == (10, 10)


def test_after_two_periods_without_a_complete_pull_nobody_knows():
    found = line(as_of=T0 + 10 * DAY, pulls=daily(4), flips=[flip(T0, "pass")])
    assert told(found) == [(0, State.OPERATING), (5, State.NOT_OBSERVED)]
    assert found.intervals[1].reason == "0 of 1 parts: s3 was last read completely on 4 Sep 2026, 00:00"


@pytest.mark.parametrize("outcome", ["partial", "failed", "held"])
def test_a_pull_that_is_not_whole_covers_no_time_and_says_why(outcome):
    broken = [pull(T0 + n * DAY, outcome, reason="page 2 was refused") for n in range(4, 10)]
    found = line(as_of=T0 + 10 * DAY, pulls=[*daily(4), *broken], flips=[flip(T0, "pass")])
    assert told(found) == [(0, State.OPERATING), (5, State.NOT_OBSERVED)]
    assert found.intervals[1].reason.endswith("page 2 was refused")


def test_an_outage_of_three_days_is_a_hole_of_one_day_and_two_missed_runs():
    found = line(as_of=T0 + 10 * DAY, pulls=daily(10, skip=(4, 5)), flips=[flip(T0, "pass")])
    assert told(found) == [(0, State.OPERATING), (5, State.NOT_OBSERVED), (6, State.OPERATING)]
    assert (found.parts[0].coverage_done, found.parts[0].coverage_planned) == (8, 10)


def test_one_of_two_connections_that_is_silent_makes_the_part_not_observed():
    pulls = [*daily(10), *daily(3, connection=B)]
    found = line(as_of=T0 + 10 * DAY, pulls=pulls, flips=[flip(T0, "pass")], connections=(A, B))
    assert told(found) == [(0, State.OPERATING), (4, State.NOT_OBSERVED)]


def test_a_connection_is_expected_from_its_first_reading_until_it_is_retired():
    pulls = [*daily(10), *daily(2, start=T0 + 3 * DAY, connection=B), pull(T0 + 5 * DAY, "retired", B)]
    assert told(line(as_of=T0 + 10 * DAY, pulls=pulls, flips=[flip(T0, "pass")], connections=(A, B))) == [
        (0, State.OPERATING)
    ]


def test_reading_without_judging_observes_nothing():
    found = line(as_of=T0 + 3 * DAY, pulls=daily(3), connections=())
    assert told(found) == [(0, State.NOT_OBSERVED)]


def test_a_failure_is_a_candidate_from_its_first_minute_and_stays_after_it_ended():
    found = line(
        as_of=T0 + 10 * DAY,
        pulls=daily(10),
        flips=[flip(T0, "pass"), flip(T0 + 3 * DAY, "fail", n=1), flip(T0 + 5 * DAY, "pass", n=2)],
    )
    assert told(found) == [(0, State.OPERATING), (3, State.EXCEPTION), (5, State.OPERATING)]
    (candidate,) = found.candidates
    assert (candidate.from_at, candidate.until) == (T0 + 3 * DAY, T0 + 5 * DAY)
    assert candidate.remediation_due_at == T0 + 10 * DAY
    assert (found.state, found.now.state) == (State.EXCEPTION, State.OPERATING)


def test_a_failure_from_before_the_window_is_clipped_and_keeps_its_true_start():
    found = line(as_of=T0 + DAY, pulls=[pull(T0 - HOUR)], flips=[flip(T0 - 9 * DAY, "fail")])
    assert (found.candidates[0].from_at, found.candidates[0].began_at, found.candidates[0].until) == (
        T0,
        T0 - 9 * DAY,
        None,
    )


def test_silence_does_not_end_a_failure():
    found = line(as_of=T0 + 10 * DAY, pulls=daily(2), flips=[flip(T0, "fail")])
    assert {i.state for i in found.intervals} == {State.EXCEPTION}
    assert [i.parts_ran for i in found.intervals] == [1, 0]


def test_an_unknown_answer_does_not_end_a_failure():
    found = line(as_of=T0 + 4 * DAY, pulls=daily(4), flips=[flip(T0, "fail"), flip(T0 + DAY, "unknown", n=1, since=T0)])
    assert {i.state for i in found.intervals} == {State.EXCEPTION}
    assert [(c.from_at, c.until) for c in found.candidates] == [(T0, None)]


def test_an_unknown_answer_is_not_observed():
    found = line(as_of=T0 + 4 * DAY, pulls=daily(4), flips=[flip(T0, "pass"), flip(T0 + DAY, "unknown", "b2", n=1)])
    assert told(found) == [(0, State.OPERATING), (1, State.NOT_OBSERVED)]
    assert found.intervals[1].reason == "0 of 1 parts: b2 unknown"


def test_a_pass_that_ran_out_without_a_new_reading_is_not_observed():
    lapse = Lapse(check_id="buckets", connection_id=A, resource_key="b1", valid_until=T0 + 30 * HOUR)
    found = line(as_of=T0 + 2 * DAY, pulls=daily(2), flips=[flip(T0, "pass")], lapses=[lapse])
    assert told(found) == [(0, State.OPERATING), (1.25, State.NOT_OBSERVED)]


def test_a_complete_population_of_zero_is_no_occurrence():
    assert told(line(as_of=T0 + 2 * DAY, pulls=daily(2))) == [(0, State.NO_OCCURRENCE)]
    found = line(as_of=T0 + 2 * DAY, pulls=daily(2), flips=[flip(T0, "not_applicable")])
    assert told(found) == [(0, State.NO_OCCURRENCE)]


def test_a_resource_that_is_gone_fails_no_longer():
    found = line(
        as_of=T0 + 4 * DAY,
        pulls=daily(4),
        flips=[flip(T0, "pass", "b2"), flip(T0, "fail", n=1), flip(T0 + 2 * DAY, "gone", n=2)],
    )
    assert told(found) == [(0, State.EXCEPTION), (2, State.OPERATING)]


def test_a_part_that_nothing_collects_is_named_and_keeps_the_control_from_operating():
    found = line(as_of=T0 + 2 * DAY, pulls=daily(2), flips=[flip(T0, "pass")], parts=(CHECK, LATER))
    assert told(found) == [(0, State.NOT_OBSERVED)]
    assert (found.intervals[0].parts_ran, found.intervals[0].parts_required, found.parts_collected) == (1, 2, 1)
    assert found.intervals[0].reason == "1 of 2 parts: Later is not collected yet"


def test_a_failing_part_is_worse_than_a_missing_one():
    found = line(as_of=T0 + 2 * DAY, pulls=daily(2), flips=[flip(T0, "fail")], parts=(CHECK, LATER))
    assert told(found) == [(0, State.EXCEPTION)]


# --- events -------------------------------------------------------------------


def use(at, outcome, n=0):
    return EventRow(id=UUID(int=500 + n), check_id="root", connection_id=A, resource_key="root", outcome=outcome,
                    reason=f"use {n}", seal=n, occurred_at=at, observed_at=at + HOUR)  # fmt: skip


def test_an_unbroken_reading_without_an_event_is_no_occurrence():
    assert told(line(as_of=T0 + 3 * DAY, pulls=daily(3), parts=(ROOT,))) == [(0, State.NO_OCCURRENCE)]


def test_a_failing_event_is_a_dated_point_that_never_recovers():
    found = line(as_of=T0 + 8 * DAY, pulls=daily(8), parts=(ROOT,), events=[use(T0 + 3.5 * DAY, "fail")])
    assert told(found) == [(0, State.NO_OCCURRENCE), (3.5, State.OPERATING)]
    (point,) = found.candidates
    assert (point.kind, point.from_at, point.until) == ("event", T0 + 3.5 * DAY, T0 + 3.5 * DAY)
    assert found.state is State.EXCEPTION
    first, second = cells(found, WINDOW, T0 + 8 * DAY)[:2]
    assert (first.state, first.events, first.days) == (State.EXCEPTION, 1, 1)
    assert second.state is State.OPERATING


def test_an_event_outside_the_window_is_not_its_business():
    found = line(as_of=T0 + 3 * DAY, pulls=daily(3), parts=(ROOT,), events=[use(T0 - DAY, "fail")])
    assert (told(found), found.candidates) == ([(0, State.NO_OCCURRENCE)], ())


def test_an_event_that_nobody_can_judge_is_not_observed_from_then_on():
    found = line(as_of=T0 + 3 * DAY, pulls=daily(3), parts=(ROOT,), events=[use(T0 + DAY, "unknown")])
    assert told(found) == [(0, State.NO_OCCURRENCE), (1, State.NOT_OBSERVED)]


# --- definitions and breaks ---------------------------------------------------


def test_before_it_was_adopted_a_control_is_not_observed():
    definitions = (Definition(version=1, effective_at=T0 + DAY, parts=("buckets",)),)
    found = line(as_of=T0 + 3 * DAY, pulls=daily(3), flips=[flip(T0, "pass")], definitions=definitions)
    assert told(found) == [(0, State.NOT_OBSERVED), (1, State.OPERATING)]
    assert found.intervals[0].reason == "C-1 was not adopted until 2 Sep 2026, 00:00"


def test_a_new_definition_splits_the_window_and_both_sides_are_told_apart():
    definitions = (
        Definition(version=1, effective_at=T0 - DAY, parts=("buckets",)),
        Definition(version=2, effective_at=T0 + 2 * DAY, parts=("buckets", "root")),
    )
    found = line(
        as_of=T0 + 4 * DAY, pulls=daily(4), flips=[flip(T0, "pass")], parts=(CHECK, ROOT), definitions=definitions
    )
    assert told(found) == [(0, State.OPERATING), (2, State.OPERATING)]
    assert [i.parts_required for i in found.intervals] == [1, 2]
    assert [(b.what, b.before, b.after) for b in found.breaks] == [("control", "version 1", "version 2")]


def test_another_credential_or_collector_splits_the_window():
    pulls = [
        pull(T0, credential_identity="a"),
        pull(T0 + DAY, credential_identity="b"),
        pull(T0 + 2 * DAY, credential_identity="b", collector_version="2"),
    ]
    found = line(as_of=T0 + 3 * DAY, pulls=pulls, flips=[flip(T0, "pass")])
    assert [(b.what, (b.at - T0).days) for b in found.breaks] == [("credential", 1), ("collector", 2)]
    assert told(found) == [(0, State.OPERATING), (1, State.OPERATING), (2, State.OPERATING)]


def test_two_checks_that_fail_on_one_item_are_one_candidate_with_two_reasons():
    other = PartSpec(id="encryption", title="Encryption", kind="check", duty=Duty.CONTINUOUS, streams=("s3",))
    starts = [
        CheckStart(check_id=c, connection_id=A, version="1", parameters="1", observed_at=T0)
        for c in ("buckets", "encryption")
    ]
    second = FlipRow(id=UUID(int=7), check_id="encryption", connection_id=A, resource_key="b1", outcome="fail", reason="not encrypted",
                     seal=9, observed_at=T0 + HOUR, failing_since=T0 + HOUR)  # fmt: skip
    control = ControlSpec(
        key="C-1", definitions=(Definition(version=1, effective_at=T0 - DAY, parts=("buckets", "encryption")),)
    )
    ledgers = Ledgers(flips=[flip(T0, "fail"), second], pulls=daily(2), starts=starts)
    found = build([control], {"buckets": CHECK, "encryption": other}, ledgers, WINDOW, T0 + DAY)["C-1"]
    assert [[c.check_id for c in candidate.causes] for candidate in found.candidates] == [["buckets", "encryption"]]


def test_many_failing_resources_are_counted_and_the_first_are_named():
    flips = [flip(T0, "fail", f"b{n:03}", n=n) for n in range(50)]
    interval = line(as_of=T0 + DAY, pulls=daily(1), flips=flips).intervals[0]
    assert (interval.cause_count, len(interval.causes)) == (20, 20)
    part = line(as_of=T0 + DAY, pulls=daily(1), flips=flips).parts[0].intervals[0]
    assert (part.cause_count, len(part.causes), part.reason) == (50, 20, "50 failing: b000 fail")


def test_the_window_may_lie_ahead_or_behind():
    assert line(as_of=T0 - DAY, pulls=[]).intervals == ()
    closed = line(as_of=datetime(2027, 3, 1, tzinfo=UTC), pulls=daily(120), flips=[flip(T0, "pass")])
    assert (closed.intervals[0].from_at, closed.intervals[-1].until) == (WINDOW.start, WINDOW.end)
