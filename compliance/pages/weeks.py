"""Words and heads for the weeks of a window on pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.timeline.window import Window

MONTHS_ABOVE_FROM = 14  # weeks: wider windows scroll, with month names above (ux.md section 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthHead:
    """A month name over the weeks that begin in it."""

    first: date
    weeks: int


def months(window: Window) -> tuple[MonthHead, ...]:
    """Month heads over the weeks, by each week's first day."""
    heads: list[list[date]] = []
    for week in window.weeks:
        day = week.first_day
        if heads and (heads[-1][0].year, heads[-1][0].month) == (day.year, day.month):
            heads[-1].append(day)
        else:
            heads.append([day])
    return tuple(MonthHead(first=days[0], weeks=len(days)) for days in heads)
