"""What was read when: the coverage ledger as others need it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from inventory.models import Coverage
from inventory.types import CoverageOutcome, CoverageSpan, CoverageTick


def coverage(streams: Sequence[str], since: datetime, until: datetime) -> tuple[CoverageSpan, ...]:
    """Rows of these streams observed in ``[since, until)``, and per source its first row ever, its last complete one and
    its last retirement before ``since``: what is needed to say where time was observed. Oldest first. One query."""
    ids = _wanted(streams, since, until).values("id")
    return tuple(_view(row) for row in Coverage.objects.filter(id__in=ids).order_by("observed_at", "id"))


def coverage_ticks(streams: Sequence[str], since: datetime, until: datetime) -> list[CoverageTick]:
    """The same rows with only what says where time was observed: there is one an hour and source. One query."""
    rows = _wanted(streams, since, until).values_list("id", *_TICK)
    return sorted((CoverageTick(*row[1:]) for row in rows), key=lambda tick: tick.observed_at)


_TICK = tuple(CoverageTick.__annotations__)


def _wanted(streams: Sequence[str], since: datetime, until: datetime) -> Any:
    rows = Coverage.objects.filter(stream__in=list(streams), observed_at__lt=until)
    before = rows.filter(observed_at__lt=since)
    source = ("stream", "connection_id")
    first = before.order_by(*source, "observed_at", "id").distinct(*source)
    complete = before.filter(outcome="complete").order_by(*source, "-observed_at", "-id").distinct(*source)
    retired = before.filter(outcome="retired").order_by(*source, "-observed_at", "-id").distinct(*source)
    return rows.filter(observed_at__gte=since).order_by().union(first, complete, retired)


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
