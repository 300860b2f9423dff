"""When a stream is due again. Pure.

Cadence is calendar time in the organization's zone: a daily pull stays at its wall-clock minute through daylight
saving. The minute comes from the row's id, so that connections spread over the hour by themselves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

PARKED = datetime(9999, 1, 1, tzinfo=UTC)
RETRY_PARTIAL = timedelta(minutes=15)
SECOND_READ = timedelta(minutes=5)
_BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
_NIGHT_STARTS_AT = 1
_NIGHT_HOURS = 4


def next_run(*, after: datetime, zone: ZoneInfo, every_hours: int, row_id: UUID) -> datetime:
    """The next planned moment strictly after ``after`` (aware), in UTC. Daily streams run between 1 and 5 at night."""
    minute = row_id.int % 60
    local = after.astimezone(zone)
    if every_hours < 24:
        hour = local.replace(minute=minute, second=0, microsecond=0).astimezone(UTC)
        while hour <= after:
            hour += timedelta(hours=every_hours)
        return hour
    days = every_hours // 24
    at = _NIGHT_STARTS_AT + (row_id.int // 60) % _NIGHT_HOURS
    day = local.date()
    while True:
        moment = datetime(day.year, day.month, day.day, at, minute, tzinfo=zone).astimezone(UTC)
        if moment > after:
            return moment
        day += timedelta(days=days)


def backoff(failures: int) -> timedelta:
    """How long to wait after the n-th failure in a row (n >= 1): 1, 5, 15 minutes, then an hour."""
    return _BACKOFF[min(max(failures, 1), len(_BACKOFF)) - 1]
