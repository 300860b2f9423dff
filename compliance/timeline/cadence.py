"""On which calendar days a periodic part has to operate inside a window (audit methods 2.9). Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from compliance.timeline.window import Window, day_start

# "At risk with 7 days or less to its date" (ux.md section 2), in calendar days of the organization's zone.
AT_RISK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDate:
    """One expected occurrence: due by the end of ``due_on``; moments in UTC."""

    due_on: date
    opens_at: datetime
    at_risk_at: datetime
    due_at: datetime


def due_dates(cadence: str, window: Window) -> tuple[DueDate, ...]:
    """Quarterly: each quarter end inside; monthly: each month end; weekly: the last day of each full week of the
    window; annual: its last day; anything else is not periodic and has none. Each opens when the one before is due."""
    found, opens_on = [], window.starts_on
    for due_on in _days(cadence, window):
        found.append(
            DueDate(
                due_on=due_on,
                opens_at=day_start(opens_on, window.tz),
                at_risk_at=max(
                    day_start(due_on - timedelta(days=AT_RISK_DAYS), window.tz), day_start(opens_on, window.tz)
                ),
                due_at=day_start(due_on + timedelta(days=1), window.tz),
            )
        )
        opens_on = due_on + timedelta(days=1)
    return tuple(found)


def _days(cadence: str, window: Window) -> list[date]:
    if cadence == "annual":
        return [window.ends_on]
    if cadence == "weekly":
        return [week.last_day for week in window.weeks if (week.last_day - week.first_day).days == 6]
    if cadence not in ("monthly", "quarterly"):
        return []
    first = window.starts_on.replace(day=1)
    months = [
        _later(first, n)
        for n in range((window.ends_on.year - first.year) * 12 + window.ends_on.month - first.month + 1)
    ]
    ends = [month.replace(day=monthrange(month.year, month.month)[1]) for month in months]
    return [end for end in ends if end <= window.ends_on and (cadence == "monthly" or end.month % 3 == 0)]


def _later(month: date, count: int) -> date:
    years, zero_based = divmod(month.month - 1 + count, 12)
    return date(month.year + years, zero_based + 1, 1)
