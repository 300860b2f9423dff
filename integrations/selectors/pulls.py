"""The ledger of pulls and of probes, as pages and API read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from integrations.connectors import registry
from integrations.connectors.contract import ProbeItem
from integrations.models import Due, Probe, Pull
from integrations.types import ProbeView, PullOutcome, PullView

LARGEST_PAGE = 100


def pulls(
    connection_id: UUID, *, stream: str = "", before: UUID | None = None, limit: int = 50
) -> tuple[PullView, ...]:
    """Pulls of one connection, newest first. BOUND. ``before`` is the id of the last one already seen."""
    rows = Pull.objects.filter(connection_id=connection_id).order_by("-id")
    rows = rows.filter(stream=stream) if stream else rows
    rows = rows.filter(id__lt=before) if before is not None else rows
    return tuple(_view(row) for row in rows[: max(1, min(limit, LARGEST_PAGE))])


def newest_by_stream(connection_ids: Iterable[UUID], *, outcome: str = "") -> dict[tuple[UUID, str], PullView]:
    """The newest pull (of one outcome) of every stream of these connections, in one query. BOUND."""
    rows = Pull.objects.filter(connection_id__in=tuple(connection_ids))
    rows = rows.filter(outcome=outcome) if outcome else rows
    rows = rows.order_by("connection_id", "stream", "-id").distinct("connection_id", "stream")
    return {(row.connection_id, row.stream): _view(row) for row in rows}


def probe(connection_id: UUID) -> ProbeView:
    """The newest test of a connection. BOUND; two queries."""
    row = (
        Due.objects.filter(connection_id=connection_id, task="probe")
        .extra(select={"is_due": "next_run_at <= clock_timestamp()"})
        .first()
    )
    running = row is not None and (row.lease_until is not None or row.is_due)
    newest = Probe.objects.filter(connection_id=connection_id).order_by("-id").first()
    if newest is None:
        return ProbeView(
            at=None, ok=False, account="", identity="", sentence="", what_to_do="", items=(), running=running
        )
    return ProbeView(
        at=newest.known_at,
        ok=newest.ok,
        account=newest.account,
        identity=newest.identity,
        sentence=newest.sentence,
        what_to_do=newest.what_to_do,
        items=tuple(ProbeItem(**item) for item in newest.items),
        running=running,
    )


def _view(row: Pull) -> PullView:
    return PullView(
        id=row.id,
        connection_id=row.connection_id,
        stream=row.stream,
        stream_name=_name(row.stream),
        started_at=row.started_at,
        observed_at=row.observed_at,
        known_at=row.known_at,
        outcome=cast("PullOutcome", row.outcome),
        code=row.code,
        reason=row.reason,
        pages=row.pages,
        items=row.items,
        calls=row.calls,
        bytes_sealed=row.bytes_sealed,
        milliseconds=row.milliseconds,
        first_seal=row.first_seal,
        completeness_rule=row.completeness_rule,
        second_count=row.second_count,
        collector_version=row.collector_version,
        credential_identity=row.credential_identity,
    )


def _name(key: str) -> str:
    return next((s.name for c in registry.CONNECTORS.values() for s in c.streams if s.key == key), key)
