"""What was read when: the coverage ledger as others need it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import Q

from inventory.models import Coverage
from inventory.types import CoverageOutcome, CoverageSpan


def coverage(streams: Sequence[str], since: datetime, until: datetime) -> tuple[CoverageSpan, ...]:
    """Rows of these streams observed in ``[since, until)``, and per source its first row ever and its last complete one
    before ``since``: what is needed to say where time was observed. Oldest first. One query."""
    rows = Coverage.objects.filter(stream__in=list(streams), observed_at__lt=until)
    before = rows.filter(observed_at__lt=since)
    ends = (
        before.order_by("stream", "connection_id", "observed_at", "id").distinct("stream", "connection_id"),
        before.filter(outcome="complete")
        .order_by("stream", "connection_id", "-observed_at", "-id")
        .distinct("stream", "connection_id"),
        before.filter(outcome="retired")
        .order_by("stream", "connection_id", "-observed_at", "-id")
        .distinct("stream", "connection_id"),
    )
    wanted = Q(observed_at__gte=since)
    for end in ends:
        wanted |= Q(id__in=end.values("id"))
    return tuple(_view(row) for row in rows.filter(wanted).order_by("observed_at", "id"))


def latest_coverage() -> tuple[CoverageSpan, ...]:
    """The newest row of every source. One query."""
    rows = Coverage.objects.order_by("stream", "connection_id", "-observed_at", "-id").distinct(
        "stream", "connection_id"
    )
    return tuple(_view(row) for row in rows)


def last_complete() -> dict[tuple[UUID, str], datetime]:
    """When each (connection, stream) was last read completely, UTC. One query."""
    rows = (
        Coverage.objects.filter(outcome="complete")
        .order_by("connection_id", "stream", "-observed_at")
        .distinct("connection_id", "stream")
    )
    return {
        (connection, stream): at
        for connection, stream, at in rows.values_list("connection_id", "stream", "observed_at")
    }


def _view(row: Coverage) -> CoverageSpan:
    return CoverageSpan(
        id=row.id,
        connection_id=row.connection_id,
        stream=row.stream,
        pull_id=row.pull_id,
        outcome=cast(CoverageOutcome, row.outcome),
        reason=row.reason,
        started_at=row.started_at,
        observed_at=row.observed_at,
        known_at=row.known_at,
        fresh_until=row.fresh_until,
        pages=row.pages,
        items=row.items,
        calls=row.calls,
        bytes_sealed=row.bytes_sealed,
        completeness_rule=row.completeness_rule,
        second_count=row.second_count,
        collector_version=row.collector_version,
        credential_identity=row.credential_identity,
        account=row.account,
        seals=tuple(row.seals),
    )
