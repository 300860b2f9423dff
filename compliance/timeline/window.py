"""Observation window and its weeks: calendar days in the organization's zone, moments in UTC.

A window is [first day 00:00, last day 24:00) in the zone; a daylight-saving day has 23 or 25 hours and the arithmetic
goes through the calendar, never through 24 h. Weeks run from the window's first weekday, numbered from 1 (ux.md 8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """First moment (UTC) of a calendar day in the zone. Where midnight is skipped by a clock change it is the
    first moment that exists."""
    local = datetime.combine(day, time.min, tzinfo=zone)
    return local.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Week ``number`` (from 1), days both inclusive; ``from_at``/``until`` in UTC, half-open."""

    number: int
    first_day: date
    last_day: date
    from_at: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Window:
    """The examined period: first and last day, both inclusive, in ``zone`` (an IANA name).

    Raises ValueError when the last day is before the first or the zone is unknown.
    """

    starts_on: date
    ends_on: date
    zone: str

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError("the window ends before it starts")
        ZoneInfo(self.zone)

    @cached_property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @cached_property
    def start(self) -> datetime:
        """First moment of the window, UTC."""
        return day_start(self.starts_on, self.tz)

    @cached_property
    def end(self) -> datetime:
        """First moment after the window, UTC."""
        return day_start(self.ends_on + timedelta(days=1), self.tz)

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return (self.ends_on - self.starts_on).days + 1

    def day_of(self, moment: datetime) -> date:
        """Calendar day of a moment in the organization's zone."""
        return moment.astimezone(self.tz).date()

    def seen_until(self, as_of: datetime) -> datetime:
        """End of what can be known: min(as_of, window end), never before the window's start."""
        return max(self.start, min(as_of, self.end))

    def day_number(self, as_of: datetime) -> int:
        """Day n of ``days`` at ``as_of``: 0 before the window, ``days`` from its last day on."""
        return max(0, min(self.days, (self.day_of(as_of) - self.starts_on).days + 1))

    def days_left(self, as_of: datetime) -> int:
        """Calendar days after today inside the window."""
        return self.days - self.day_number(as_of)

    @cached_property
    def weeks(self) -> tuple[Week, ...]:
        """All weeks; the last one may be shorter than seven days."""
        return tuple(self._weeks())

    def _weeks(self) -> Iterator[Week]:
        first, number = self.starts_on, 1
        while first <= self.ends_on:
            last = min(first + timedelta(days=6), self.ends_on)
            yield Week(
                number=number,
                first_day=first,
                last_day=last,
                from_at=day_start(first, self.tz),
                until=day_start(last + timedelta(days=1), self.tz),
            )
            first, number = last + timedelta(days=1), number + 1

    def week_at(self, moment: datetime) -> Week | None:
        """The week a moment falls in, None outside the window."""
        offset = (self.day_of(moment) - self.starts_on).days
        return self.weeks[offset // 7] if 0 <= offset < self.days else None

    def days_touched(self, from_at: datetime, until: datetime) -> frozenset[date]:
        """Calendar days inside the window that ``[from_at, until)`` touches; a point (until == from_at) touches one."""
        first = self.day_of(max(from_at, self.start))
        last_moment = until - timedelta(microseconds=1) if until > from_at else from_at
        last = self.day_of(min(last_moment, self.end - timedelta(microseconds=1)))
        return frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
