"""Occurrences of periodic parts that come up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F

from compliance.models import Occurrence, Performance


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingUp:
    """One expected occurrence; ``performed_at`` None while it is open. Moments in UTC, ``due_on`` in the zone."""

    id: UUID
    control_key: str
    part_id: str
    due_on: date
    due_at: datetime
    performed_at: datetime | None


def coming_up(since: datetime, until: datetime) -> tuple[ComingUp, ...]:
    """Occurrences due in ``[since, until)``, by date. Two queries."""
    rows = list(
        Occurrence.objects.filter(due_at__gte=since, due_at__lt=until)
        .annotate(key=F("control__key"))
        .order_by("due_at", "key", "part_id")
    )
    done = dict(
        Performance.objects.filter(occurrence_id__in=[row.id for row in rows]).values_list(
            "occurrence_id", "performed_at"
        )
    )
    return tuple(
        ComingUp(
            id=row.id,
            control_key=row.key,
            part_id=row.part_id,
            due_on=row.due_on,
            due_at=row.due_at,
            performed_at=done.get(row.id),
        )
        for row in rows
    )
