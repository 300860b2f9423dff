"""Periodic parts: expected on the dates of their cadence, performed once, never back-dated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from compliance.errors import AlreadyPerformed, InvalidWindow, UnknownPart
from compliance.models import Occurrence
from compliance.selectors.coming_up import coming_up
from compliance.selectors.window_timelines import window_timelines
from compliance.selectors.windows import current_window
from compliance.services import perform_occurrence, plan_occurrences, set_window, write_control
from compliance.timeline.cadence import due_dates
from compliance.timeline.types import State
from compliance.timeline.window import Window
from organizations import clock

DAY = timedelta(days=1)
AUTUMN = Window(starts_on=date(2026, 9, 15), ends_on=date(2026, 12, 31), zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("cadence", "days"),
    [
        ("quarterly", [date(2026, 9, 30), date(2026, 12, 31)]),
        ("monthly", [date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)]),
        ("annual", [date(2026, 12, 31)]),
        ("per_event", []),
        ("continuous", []),
    ],
)
def test_dates_follow_the_cadence_inside_the_window(cadence, days):
    assert [due.due_on for due in due_dates(cadence, AUTUMN)] == days


def test_weekly_parts_are_due_at_the_end_of_each_full_week_of_the_window():
    dates = due_dates("weekly", AUTUMN)
    assert len(dates) == AUTUMN.days // 7
    assert {due.due_on.weekday() for due in dates} == {AUTUMN.starts_on.weekday() - 1}


def test_a_date_ends_with_its_day_in_the_zone_and_is_at_risk_seven_days_before():
    first, second = due_dates("quarterly", AUTUMN)
    assert first.due_at == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert (first.opens_at, first.at_risk_at) == (AUTUMN.start, datetime(2026, 9, 22, 22, tzinfo=UTC))
    assert second.opens_at == first.due_at
    assert second.at_risk_at == datetime(2026, 12, 23, 23, tzinfo=UTC)


@pytest.fixture
def review(organization):
    """A control of its own whose only part is the quarterly access review, in a window that began ten days ago."""
    with organization.owner.bound():
        today = clock.now().date()
        set_window(starts_on=today - 10 * DAY, ends_on=today + 100 * DAY)
        yield write_control(
            title="Access review", statement="Access is reviewed.", manual=["AC-03.1"], frequency="quarterly"
        )


def test_a_part_that_was_planned_is_collected_and_due(review):
    window = current_window()
    assert not window_timelines(window, clock.now())[review].parts[0].collected
    assert plan_occurrences(control_key=review, part_id="AC-03.1") >= 1
    timeline = window_timelines(window, clock.now() + timedelta(seconds=1))[review]
    assert timeline.parts[0].collected
    assert timeline.now.state in (State.DUE, State.AT_RISK)
    upcoming = coming_up(window.start, window.end)
    assert [row.control_key for row in upcoming] == [review] * len(upcoming)


def test_planning_again_adds_no_date_twice(review):
    made = plan_occurrences(control_key=review, part_id="AC-03.1")
    assert plan_occurrences(control_key=review, part_id="AC-03.1") == 0
    assert Occurrence.objects.count() == made


def test_an_occurrence_is_performed_once_and_now(review):
    plan_occurrences(control_key=review, part_id="AC-03.1")
    occurrence = Occurrence.objects.order_by("due_at").first()
    before = clock.now()
    assert before <= perform_occurrence(occurrence_id=occurrence.id) <= clock.now()
    with pytest.raises(AlreadyPerformed):
        perform_occurrence(occurrence_id=occurrence.id)
    assert window_timelines(current_window(), clock.now() + DAY)[review].parts[0].coverage_done == 1


def test_what_cannot_be_planned_says_what_to_do(review, organization):
    with pytest.raises(UnknownPart) as refused:
        plan_occurrences(control_key=review, part_id="AC-08.1")
    assert refused.value.what_to_do
    with pytest.raises(UnknownPart):
        perform_occurrence(occurrence_id=uuid4())


def test_without_a_window_nothing_can_be_planned(organization):
    with organization.owner.bound():
        key = write_control(title="Access review", statement="Access is reviewed.", manual=["AC-03.1"])
        with pytest.raises(InvalidWindow):
            plan_occurrences(control_key=key, part_id="AC-03.1")
