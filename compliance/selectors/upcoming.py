"""Dated duties of the next three weeks, from the occurrences that were made in advance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from compliance.selectors.coming_up import coming_up
from compliance.selectors.standing import Standing
from compliance.selectors.weekly_review import Upcoming

AHEAD = timedelta(days=21)
ROWS = 8


def upcoming(as_of: datetime, standings: Sequence[Standing]) -> tuple[Upcoming, ...]:
    """Occurrences that are due within three weeks of ``as_of`` and not performed, by date, at most ``ROWS``.

    A part is named by its own title. Two queries.
    """
    by_key = {item.key: item for item in standings}
    open_ones = [
        row
        for row in coming_up(as_of, as_of + AHEAD)
        if (row.performed_at is None or row.performed_at > as_of) and row.control_key in by_key
    ]
    return tuple(
        Upcoming(
            key=row.control_key,
            title=_title(by_key[row.control_key], row.part_id),
            due_on=row.due_on,
            owner=by_key[row.control_key].control.owner,
        )
        for row in open_ones[:ROWS]
    )


def _title(item: Standing, part_id: str) -> str:
    return next((part.title for part in item.timeline.parts if part.id == part_id), item.control.title)
