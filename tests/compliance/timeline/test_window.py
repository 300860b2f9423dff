"""Calendar days in the organization's zone, across changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from compliance.timeline.window import Window
from tests.compliance.timeline.stories import windows

BERLIN = Window(starts_on=date(2026, 9, 28), ends_on=date(2026, 11, 1), zone="Europe/Berlin")


def test_a_window_is_whole_calendar_days_in_its_zone():
    assert BERLIN.start == datetime(2026, 9, 27, 22, tzinfo=UTC)
    assert BERLIN.end == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert BERLIN.days == 35


def test_the_day_on_which_clocks_go_back_has_25_hours():
    last_week = BERLIN.weeks[3]
    assert (last_week.first_day, last_week.last_day) == (date(2026, 10, 19), date(2026, 10, 25))
    assert last_week.until - last_week.from_at == timedelta(days=7, hours=1)


def test_the_day_on_which_clocks_go_forward_has_23_hours():
    spring = Window(starts_on=date(2027, 3, 28), ends_on=date(2027, 3, 28), zone="Europe/Berlin")
    assert spring.end - spring.start == timedelta(hours=23)


def test_the_day_counted_is_the_day_in_the_zone():
    just_before_midnight_utc = datetime(2026, 9, 28, 21, 59, tzinfo=UTC)
    assert BERLIN.day_number(just_before_midnight_utc) == 1
    assert BERLIN.day_number(just_before_midnight_utc + timedelta(minutes=1)) == 2
    assert (
        BERLIN.day_number(BERLIN.start - timedelta(seconds=1)),
        BERLIN.day_number(BERLIN.end + timedelta(days=9)),
    ) == (0, 35)
    assert BERLIN.days_left(just_before_midnight_utc) == 34


def test_days_touched_are_counted_once_and_inside_the_window_only():
    noon = datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert BERLIN.days_touched(noon, noon) == {date(2026, 10, 1)}
    assert len(BERLIN.days_touched(noon, noon + timedelta(hours=24))) == 2
    assert len(BERLIN.days_touched(BERLIN.start - timedelta(days=3), BERLIN.start + timedelta(hours=1))) == 1


def test_dates_out_of_order_and_unknown_zones_are_refused():
    with pytest.raises(ValueError, match="ends before"):
        Window(starts_on=date(2026, 9, 2), ends_on=date(2026, 9, 1), zone="UTC")
    with pytest.raises(Exception, match="Nowhere"):
        Window(starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 2), zone="Europe/Nowhere")


@given(windows())
def test_weeks_cover_the_window_exactly_and_start_on_its_first_weekday(window):
    weeks = window.weeks
    assert weeks[0].from_at == window.start
    assert weeks[-1].until == window.end
    assert all(a.until == b.from_at for a, b in pairwise(weeks))
    assert [week.number for week in weeks] == list(range(1, len(weeks) + 1))
    assert {week.first_day.weekday() for week in weeks} == {window.starts_on.weekday()}
    assert sum((week.last_day - week.first_day).days + 1 for week in weeks) == window.days
