"""Makes work due now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now

from integrations.cadence import PARKED
from integrations.errors import IntegrationError, UnknownConnection
from integrations.models import Connection, Due
from integrations.services.nudge import nudge_on_commit
from organizations import clock
from organizations.services.record_activity import record_activity


def make_due(connection_ids: Iterable[UUID]) -> int:
    """Every stream of these connections is due now; quarantines are lifted. BOUND. Returns how many rows; nudges on
    commit. For machine work (the sandbox's days): it notes no activity."""
    live = Connection.objects.filter(id__in=tuple(connection_ids), disconnected_at__isnull=True).values("id")
    changed: int = Due.objects.filter(task="pull", connection_id__in=live).update(
        next_run_at=Now(), attempt=0, quarantined_at=None, quarantine_reason=""
    )
    nudge_on_commit()
    return changed


def end_leases(connection_ids: Iterable[UUID]) -> None:
    """The workers that held these connections' rows are known to be gone: do not wait for their leases. BOUND. One that
    lives after all finds its lease lost at its next write."""
    Due.objects.filter(connection_id__in=tuple(connection_ids), lease_until__isnull=False).update(lease_until=None)


def pull_now(connection_id: UUID, stream: str = "") -> None:
    """A person wants the stream (empty: every stream) read now. BOUND. Raises UnknownConnection, or IntegrationError
    for a quarantined stream, which has to be cleared first."""
    rows = _rows(connection_id, stream)
    if rows.filter(quarantined_at__isnull=False).exists() and stream:
        raise IntegrationError(
            "This stream is stopped after three failed attempts.", what_to_do="Repair what it says, then clear it."
        )
    rows.filter(quarantined_at__isnull=True).update(next_run_at=Now())
    record_activity("pull.asked", subject=f"connection:{connection_id}", detail={"stream": stream or "all"})
    nudge_on_commit()


def clear_quarantine(connection_id: UUID, stream: str) -> None:
    """A person says the cause is gone: the stream starts again at once. BOUND. Raises UnknownConnection."""
    _rows(connection_id, stream).update(
        next_run_at=Now(), attempt=0, failures=0, quarantined_at=None, quarantine_reason=""
    )
    record_activity("quarantine.cleared", subject=f"connection:{connection_id}", detail={"stream": stream})
    nudge_on_commit()


def ask_for_probe(connection_id: UUID) -> None:
    """A person wants to know what the credential can do. The worker tries it; the result is a row. BOUND."""
    live = Connection.objects.filter(id=connection_id, disconnected_at__isnull=True)
    row = Due.objects.filter(connection_id__in=live.values("id"), task="probe")
    if not row.update(next_run_at=Now(), attempt=0, quarantined_at=None, quarantine_reason=""):
        raise _unknown()
    record_activity("connection.tested", subject=f"connection:{connection_id}")
    nudge_on_commit()


def plan_rejudging(connection_id: UUID, at: datetime | None) -> None:
    """Time alone will change an outcome at ``at`` (aware UTC, database time): be there. None: nothing is planned. BOUND."""
    if clock.is_simulated():
        # Simulated moments are past by the database's clock; judging dates lapses itself at the next simulated pull.
        return
    row = Due.objects.filter(connection_id=connection_id, task="rejudge")
    moment = at or PARKED
    if not row.update(next_run_at=moment) and at is not None:
        Due.objects.create(connection_id=connection_id, task="rejudge", stream="", next_run_at=moment)


def _rows(connection_id: UUID, stream: str) -> QuerySet[Due]:
    live = Connection.objects.filter(id=connection_id, disconnected_at__isnull=True)
    rows: QuerySet[Due] = Due.objects.filter(task="pull", connection_id__in=live.values("id"))
    rows = rows.filter(stream=stream) if stream else rows
    if not rows.exists():
        raise _unknown()
    return rows


def _unknown() -> UnknownConnection:
    return UnknownConnection(
        "There is no such connection or stream.", what_to_do="Choose one from the list of connections."
    )
