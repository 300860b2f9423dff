"""Flips as the timeline needs them: those inside the window, and the last one before it of every line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from compliance.models import Flip
from compliance.timeline.inputs import FlipOutcome, FlipRow

_COLUMNS = (
    "id",
    "check_id",
    "connection_id",
    "resource_key",
    "outcome",
    "reason",
    "seal",
    "observed_at",
    "failing_since",
)


def flip_lines(checks: Iterable[str], since: datetime, until: datetime) -> list[FlipRow]:
    """Flips of these checks with ``since <= observed_at < until``, and per (check, connection, resource) the last one
    before ``since``. Oldest first within a line. One query."""
    wanted = sorted(checks)
    if not wanted:
        return []
    inside = Flip.objects.filter(check_id__in=wanted, observed_at__gte=since, observed_at__lt=until)
    before = (
        Flip.objects.filter(check_id__in=wanted, observed_at__lt=since)
        .order_by("check_id", "connection_id", "resource_key", "-observed_at", "-id")
        .distinct("check_id", "connection_id", "resource_key")
    )
    rows = before.values_list(*_COLUMNS).union(inside.values_list(*_COLUMNS), all=True)
    return [
        FlipRow(
            id=id_,
            check_id=check_id,
            connection_id=connection_id,
            resource_key=key,
            outcome=cast(FlipOutcome, outcome),
            reason=reason,
            seal=seal,
            observed_at=observed_at,
            failing_since=failing_since,
        )
        for id_, check_id, connection_id, key, outcome, reason, seal, observed_at, failing_since in rows
    ]
