"""Dated duties of the next three weeks, from the occurrences that were made in advance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from compliance.models import Occurrence, Performance
from compliance.selectors.standing import Standing
from compliance.selectors.weekly_review import Upcoming

AHEAD = timedelta(days=21)
ROWS = 8


def upcoming(as_of: datetime, standings: Sequence[Standing]) -> tuple[Upcoming, ...]:
    """Occurrences that are due within three weeks of ``as_of`` and not performed, by date, at most ``ROWS``.

    Two queries. A part is named by its own title.
    """
    due = (
        Occurrence.objects.filter(due_at__gt=as_of, due_at__lte=as_of + AHEAD)
        .exclude(id__in=Performance.objects.values("occurrence_id"))
        .order_by("due_at", "part_id")
        .values("control__key", "part_id", "due_on")[:ROWS]
    )
    by_key = {item.key: item for item in standings}
    return tuple(
        Upcoming(key=row["control__key"], title=_title(by_key[row["control__key"]], row["part_id"]),
                 due_on=row["due_on"], owner=by_key[row["control__key"]].control.owner)
        for row in due
        if row["control__key"] in by_key
    )


def _title(item: Standing, part_id: str) -> str:
    return next((part.title for part in item.timeline.parts if part.id == part_id), item.control.title)
