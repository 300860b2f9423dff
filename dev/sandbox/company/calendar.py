"""Simulated days: day 0 is the first day of the window, days are calendar days in the company's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dev.sandbox.company.people import TIME_ZONE

FIRST_PULL_DAY = -1  # connected the morning before the window starts, so that the window starts observed
DAYS = 63  # nine weeks of history, days 0..62; day 62 is yesterday at the time of installation
WINDOW_DAYS = 91
PULL_AT = "06:00"  # the daily pull, early enough that a change of the day is seen the next morning


def moment(began_on: date, day: int, clock: str = "12:00") -> datetime:
    """The UTC instant of a wall-clock time ("HH:MM", company zone) on simulated day `day` (may be negative)."""
    wall = datetime.combine(began_on + timedelta(days=day), time.fromisoformat(clock), ZoneInfo(TIME_ZONE))
    return wall.astimezone(UTC)


def day_of(began_on: date, at: datetime) -> int:
    """Which simulated day the instant `at` falls on."""
    return (at.astimezone(ZoneInfo(TIME_ZONE)).date() - began_on).days


def beginning(today: date) -> date:
    """The day on which a story ending yesterday began; `today` is the date in the company's zone."""
    return today - timedelta(days=DAYS)
