"""Cadence is calendar time in the organization's zone. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from integrations.cadence import backoff, next_run

BERLIN = ZoneInfo("Europe/Berlin")
# 90 minutes into the spread: minute 30, and the second hour of the night.
ROW = UUID(int=60 + 30)


def test_a_daily_pull_stays_at_its_wall_clock_minute_through_daylight_saving():
    at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    local = []
    for _day in range(4):
        at = next_run(after=at, zone=BERLIN, every_hours=24, row_id=ROW)
        local.append(at.astimezone(BERLIN).strftime("%d %H:%M"))
    # On the 29th two o'clock does not exist; the pull runs at that moment all the same, once.
    assert local == ["28 02:30", "29 03:30", "30 02:30", "31 02:30"]


def test_the_doubled_hour_of_autumn_is_pulled_once():
    at = datetime(2026, 10, 24, 12, tzinfo=UTC)
    days = []
    for _day in range(3):
        at = next_run(after=at, zone=BERLIN, every_hours=24, row_id=ROW)
        days.append(at.astimezone(BERLIN).date().isoformat())
    assert days == ["2026-10-25", "2026-10-26", "2026-10-27"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_an_hourly_pull_is_always_ahead_and_at_most_an_hour(zone):
    at = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)
    for n in range(60):
        found = next_run(after=at, zone=ZoneInfo(zone), every_hours=1, row_id=UUID(int=n))
        assert timedelta(0) < found - at <= timedelta(hours=1)


def test_a_refused_pull_waits_longer_each_time_and_at_most_an_hour():
    assert [backoff(n) for n in (1, 2, 3, 4, 9)] == [timedelta(minutes=m) for m in (1, 5, 15, 60, 60)]
