"""The weekly review out of the database."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from compliance.selectors.in_window import standings
from compliance.selectors.upcoming import upcoming
from compliance.selectors.weekly_review import WeeklyReview, assemble, review_since
from evidence.selectors import sealed_count


def dashboard(*, as_of: datetime, show: Literal["issues", "all"] = "issues", page: int = 1) -> WeeklyReview | None:
    """The weekly review of the bound organization at ``as_of`` (aware UTC); None while no window is set.

    Guarantee: the same number of queries at 10 and at 1,000 controls. Raises `scope.Unbound`.
    """
    found = standings(as_of)
    if found is None:
        return None
    window, all_standings = found
    return assemble(
        window=window,
        as_of=as_of,
        standings=all_standings,
        show=show,
        page=page,
        upcoming=upcoming(as_of, all_standings),
        records_sealed=sealed_count(since=review_since(window, as_of), until=as_of),
    )
