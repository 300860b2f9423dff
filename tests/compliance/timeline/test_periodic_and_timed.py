"""Duties with dates and limits: due, at risk seven days before, a candidate when the date passes."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from compliance.timeline.build import Ledgers, build
from compliance.timeline.candidates import passed_limits
from compliance.timeline.inputs import ControlSpec, Definition, OccurrenceRow, PartSpec, TimedItem
from compliance.timeline.periodic import timed_intervals
from compliance.timeline.types import Duty, State
from compliance.timeline.weeks import cells
from compliance.timeline.window import Window

WINDOW = Window(starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 30), zone="UTC")
T0, DAY = WINDOW.start, timedelta(days=1)
REVIEW = PartSpec(id="AC-03.1", title="Access review", kind="manual", duty=Duty.PERIODIC)


def occurrence(due, *, opens=None, performed=None, n=0):
    return OccurrenceRow(
        id=UUID(int=n + 1),
        part_id="AC-03.1",
        opens_at=opens or T0,
        at_risk_at=due - 7 * DAY,
        due_at=due,
        performed_at=performed,
    )


def review(as_of, *rows):
    control = ControlSpec(key="AC-03", definitions=(Definition(version=1, effective_at=T0 - DAY, parts=("AC-03.1",)),))
    return build([control], {"AC-03.1": REVIEW}, Ledgers(occurrences=rows), WINDOW, as_of)["AC-03"]


def told(timeline):
    return [((i.from_at - T0) / DAY, i.state) for i in timeline.intervals]


def test_an_open_occurrence_is_due_then_at_risk_then_a_candidate():
    found = review(T0 + 40 * DAY, occurrence(T0 + 30 * DAY))
    assert told(found) == [(0, State.DUE), (23, State.AT_RISK), (30, State.EXCEPTION)]
    assert [(c.from_at, c.until) for c in found.candidates] == [(T0 + 30 * DAY, None)]
    assert found.intervals[1].due_at == T0 + 30 * DAY


def test_performed_in_time_it_operates_and_is_no_candidate():
    found = review(T0 + 40 * DAY, occurrence(T0 + 30 * DAY, performed=T0 + 20 * DAY))
    assert (told(found), found.candidates) == ([(0, State.DUE), (20, State.OPERATING)], ())


def test_performed_late_it_operates_again_and_stays_a_candidate():
    found = review(T0 + 40 * DAY, occurrence(T0 + 30 * DAY, performed=T0 + 33 * DAY))
    assert told(found)[-2:] == [(30, State.EXCEPTION), (33, State.OPERATING)]
    (candidate,) = found.candidates
    assert candidate.until == T0 + 33 * DAY
    assert candidate.reason == "Access review: was performed late, after 1 Oct 2026, 00:00"


def test_the_next_occurrence_does_not_take_back_the_one_before():
    found = review(
        T0 + 40 * DAY,
        occurrence(T0 + 20 * DAY, performed=T0 + 10 * DAY),
        occurrence(T0 + 80 * DAY, opens=T0 + 20 * DAY, n=1),
    )
    assert told(found) == [(0, State.DUE), (10, State.OPERATING), (20, State.OPERATING)]
    assert found.now.reason == "Access review: due by 20 Nov 2026, 00:00"
    week = cells(found, WINDOW, T0 + 40 * DAY)[4]
    assert (week.state, week.due) == (State.DUE, True)


def test_before_anything_is_due_nothing_is_scheduled():
    assert told(review(T0 + 5 * DAY, occurrence(T0 + 80 * DAY, opens=T0 + 50 * DAY))) == [(0, State.NOT_SCHEDULED)]


def test_a_performance_after_the_moment_asked_for_has_not_happened():
    assert told(review(T0 + 15 * DAY, occurrence(T0 + 30 * DAY, performed=T0 + 20 * DAY))) == [(0, State.DUE)]


def item(*, closed):
    return TimedItem(
        check_id="x.offboarding",
        resource_key="ana",
        arose_at=T0 + DAY,
        limit_at=T0 + 2 * DAY,
        closed_at=closed,
        reason="ana still has access",
    )


def test_a_timed_duty_is_at_risk_until_its_limit_and_a_candidate_from_it():
    until = T0 + 5 * DAY
    late = item(closed=T0 + 4 * DAY)
    states = [((i.from_at - T0) / DAY, i.state) for i in timed_intervals([late], WINDOW, until)]
    assert states == [(0, State.OPERATING), (1, State.AT_RISK), (2, State.EXCEPTION), (4, State.OPERATING)]
    assert [(c.from_at, c.until) for c in passed_limits([late], WINDOW, until)] == [(T0 + 2 * DAY, T0 + 4 * DAY)]


def test_a_timed_duty_that_was_met_is_no_candidate():
    in_time = item(closed=T0 + 1.5 * DAY)
    assert passed_limits([in_time], WINDOW, T0 + 5 * DAY) == []
    assert passed_limits([item(closed=T0 + 2 * DAY)], WINDOW, T0 + 5 * DAY) == []
