"""Pull and judge in one step, as `config/pipeline.py` does in its finalising transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from compliance.models import CurrentOutcome, Event, Flip
from compliance.services import Judged, judge
from inventory.services import record_pull
from tests.inventory.readings import NOON, reading


def pulled(*facts, connection: UUID, at: datetime = NOON, **changes) -> Judged:
    return judge(record_pull(reading(*facts, connection=connection, at=at, **changes)))


def flips(check_id: str) -> list[tuple[datetime, str, str, str]]:
    """(observed, resource's last word, before, outcome) in order."""
    rows = Flip.objects.filter(check_id=check_id).order_by("observed_at", "resource_key", "id")
    return [(row.observed_at, row.resource_key.split("/")[-1], row.before, row.outcome) for row in rows]


def outcomes(check_id: str) -> dict[str, str]:
    rows = CurrentOutcome.objects.filter(check_id=check_id)
    return {row.resource_key.split("/")[-1]: row.outcome for row in rows}


def events(check_id: str) -> list[tuple[datetime, str, int]]:
    rows = Event.objects.filter(check_id=check_id).order_by("occurred_at", "revision")
    return [(row.occurred_at, row.outcome, row.revision) for row in rows]
