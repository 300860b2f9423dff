"""Connections and their streams, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from integrations.cadence import PARKED
from integrations.connectors import registry
from integrations.connectors.contract import Stream
from integrations.errors import UnknownConnection
from integrations.models import Connection, Due
from integrations.selectors.database_clock import database_now
from integrations.selectors.pulls import newest_by_stream
from integrations.types import Condition, ConnectionView, PullView, StreamView
from organizations import scope


def connections() -> tuple[ConnectionView, ...]:
    """Every connection, live ones first, then by name. BOUND; four queries at any size."""
    rows = list(Connection.objects.order_by("disconnected_at", "name", "id"))
    return _views(rows)


def connection(connection_id: UUID) -> ConnectionView:
    """One connection with its streams. BOUND. Raises UnknownConnection for a foreign id as for a missing one."""
    row = Connection.objects.filter(id=connection_id).first()
    if row is None:
        raise UnknownConnection("There is no such connection.", what_to_do="Choose one from the list of connections.")
    return _views([row])[0]


def unfinished(connection_ids: Iterable[UUID]) -> int:
    """How many pulls of these connections are due or running now. BOUND. 0: all that was asked for is done."""
    waiting = Q(next_run_at__lte=Now()) | Q(lease_until__isnull=False)
    rows = Due.objects.filter(
        waiting, task="pull", connection_id__in=tuple(connection_ids), quarantined_at__isnull=True
    )
    found: int = rows.count()
    return found


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Now, by the clock that facts live by and by the one that leases live by; they differ in a sandbox only."""

    organization: datetime
    database: datetime


def _views(rows: list[Connection]) -> tuple[ConnectionView, ...]:
    ids = [row.id for row in rows]
    due: dict[tuple[UUID, str], Due] = {
        (d.connection_id, d.stream): d for d in Due.objects.filter(task="pull", connection_id__in=ids)
    }
    newest, complete = newest_by_stream(ids), newest_by_stream(ids, outcome="complete")
    bound = scope.current()
    moments = Moments(organization=bound.opened_at, database=database_now() if bound.sandbox else bound.opened_at)
    return tuple(_view(row, due, newest, complete, moments) for row in rows)


def _view(
    row: Connection,
    due: dict[tuple[UUID, str], Due],
    newest: dict[tuple[UUID, str], PullView],
    complete: dict[tuple[UUID, str], PullView],
    now: Moments,
) -> ConnectionView:
    connector = registry.connector(row.connector)
    streams = tuple(
        _stream(
            stream,
            due.get((row.id, stream.key)),
            newest.get((row.id, stream.key)),
            complete.get((row.id, stream.key)),
            now,
        )
        for stream in connector.streams
    )
    return ConnectionView(
        id=row.id,
        connector=row.connector,
        connector_name=connector.name,
        name=row.name,
        account=row.account,
        identity=row.identity,
        region=str(row.settings.get("region", "")),
        role_arn=str(row.settings.get("role_arn", "")),
        has_secret=bool(bytes(row.secret_key)),
        secret_made_at=row.secret_made_at,
        secret_used_at=row.secret_used_at,
        created_at=row.created_at,
        disconnected_at=row.disconnected_at,
        condition=_condition(row, streams),
        streams=streams,
    )


def _stream(
    stream: Stream, row: Due | None, newest: PullView | None, complete: PullView | None, now: Moments
) -> StreamView:
    hours = 48 if scope.current().sandbox else stream.stale_after_hours
    running = row is not None and row.lease_until is not None
    planned = row.next_run_at if row is not None and row.next_run_at < PARKED else None
    return StreamView(
        key=stream.key,
        name=stream.name,
        completeness=stream.completeness,
        stale_after_hours=hours,
        next_run_at=planned,
        running=running,
        waiting=planned is not None and not running and planned <= now.database,
        quarantined_at=row.quarantined_at if row is not None else None,
        quarantine_reason=row.quarantine_reason if row is not None else "",
        newest=newest,
        complete=complete,
        fresh=complete is not None and complete.observed_at + timedelta(hours=hours) > now.organization,
    )


def _condition(row: Connection, streams: tuple[StreamView, ...]) -> Condition:
    if row.disconnected_at is not None:
        return "disconnected"
    if any(s.quarantined_at for s in streams):
        return "quarantined"
    if any(s.newest is not None and s.newest.outcome == "failed" for s in streams):
        return "failing"
    if not any(s.complete for s in streams):
        return "never"
    return "working" if all(s.fresh for s in streams) else "gap"
