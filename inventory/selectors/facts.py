"""Facts: now, at a time, and one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from inventory.models import CurrentFact, FactVersion
from inventory.types import FactRef


def current_facts(*, connection_id: UUID, stream: str) -> tuple[FactRef, ...]:
    """All living facts of one source. One query."""
    rows = (
        CurrentFact.objects.filter(connection_id=connection_id, stream=stream)
        .select_related("version")
        .order_by("kind", "key")
    )
    return tuple(_view(row.version) for row in rows)


def facts_at(*, kind: str, at: datetime) -> tuple[FactRef, ...]:
    """The population of one kind as it was at ``at`` (UTC): the last version of each resource, without those that were
    gone by then. One query."""
    rows = FactVersion.objects.filter(kind=kind, observed_at__lte=at).order_by(
        "key", "connection_id", "stream", "-observed_at", "-id"
    )
    return tuple(_view(row) for row in rows.distinct("key", "connection_id", "stream") if row.present)


def fact(fact_id: UUID) -> FactRef | None:
    """One version of a fact by its id; None when it is not here. One query."""
    row = FactVersion.objects.filter(id=fact_id).first()
    return _view(row) if row else None


def facts(fact_ids: Sequence[UUID]) -> tuple[FactRef, ...]:
    """Versions of facts by their ids; those that are not here are left out. One query."""
    return tuple(_view(row) for row in FactVersion.objects.filter(id__in=list(fact_ids)))


def fact_line(*, kind: str, key: str, limit: int = 50) -> tuple[FactRef, ...]:
    """The newest versions of one resource, newest first. One query."""
    rows = FactVersion.objects.filter(kind=kind, key=key).order_by("-observed_at", "-id")[:limit]
    return tuple(_view(row) for row in rows)


def versions_since(*, fact_ids: Sequence[UUID]) -> dict[UUID, tuple[FactRef, ...]]:
    """For each fact version, itself and every later version of the same resource, oldest first. Two queries."""
    bases = {row.id: row for row in FactVersion.objects.filter(id__in=list(fact_ids))}
    lines: dict[tuple[UUID, str, str, str], list[FactVersion]] = {}
    keys = {row.key for row in bases.values()}
    for row in FactVersion.objects.filter(key__in=keys).order_by("observed_at", "id"):
        lines.setdefault((row.connection_id, row.stream, row.kind, row.key), []).append(row)
    found = {}
    for id_, base in bases.items():
        line = lines[base.connection_id, base.stream, base.kind, base.key]
        found[id_] = tuple(_view(row) for row in line[[row.id for row in line].index(id_) :])
    return found


def _view(row: FactVersion) -> FactRef:
    return FactRef(
        id=row.id,
        connection_id=row.connection_id,
        stream=row.stream,
        kind=row.kind,
        key=row.key,
        payload=row.payload,
        seal=row.seal,
        observed_at=row.observed_at,
        present=row.present,
    )
