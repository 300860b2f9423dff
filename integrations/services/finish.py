"""Ends a pull: its ledger row, and when the row is due again. In the finalising transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models.functions import Now

from integrations import cadence
from integrations.connectors import registry
from integrations.errors import ConnectorError, CursorLost, Deferred, ServiceFailed, Unreachable
from integrations.models import Connection, Due, Pull
from integrations.selectors.database_clock import database_now
from integrations.services import lease
from integrations.services.nudge import nudge_on_commit
from integrations.services.read_stream import Pulled
from organizations import clock
from organizations.selectors import organization
from organizations.tasks import Job

_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=6)
# The other side's trouble: it passes by itself, so it never counts as a strike.
_PASSING = (Unreachable, ServiceFailed, CursorLost)


def finish(job: Job, pulled: Pulled, *, held: bool = False) -> None:
    """BOUND, after `hold_fence`. Writes the pull's row once (its fence is unique), pins the account, frees the lease.

    ``held``: the population fell so much that a second read must confirm it soon.
    """
    row = lease.hold_fence(job, pulled.run)
    _note(row, pulled, job.fence)
    _pin(row, pulled)
    now = database_now()
    if pulled.deferred:
        _come_back(row, pulled.error, now)
    elif pulled.reading.outcome == "failed":
        _failed(row, pulled.error, pulled.reading.reason, now)
    else:
        _worked(row, pulled.reading.outcome, held=held, now=now)
    _free(row, "deferred" if pulled.deferred else "held" if held else pulled.reading.outcome)


def finish_broken(job: Job, reason: str, *, strike: bool) -> None:
    """BOUND. The work ended without a pull: what nobody foresaw is a strike, seen on the connection's page; a store
    that is away is waited for. Raises LeaseLost."""
    row = lease.hold_fence(job)
    if strike:
        _strike(row, reason, database_now())
    else:
        _wait(row, database_now())
    _free(row, "failed")


def finish_rejudging(job: Job, next_at: datetime | None, *, read_again: Iterable[str]) -> None:
    """BOUND. ``read_again`` are streams on which an outcome rests whose time has come: they are due now, because old data
    cannot tell what changed since. ``next_at`` is when that will be the case next. Raises LeaseLost."""
    row = lease.hold_fence(job)
    row.attempt = row.failures = 0
    row.next_run_at = next_at if next_at is not None and not clock.is_simulated() else cadence.PARKED
    again = Due.objects.filter(connection_id=row.connection_id, task="pull", stream__in=tuple(read_again))
    again.filter(quarantined_at__isnull=True, next_run_at__gt=Now()).update(next_run_at=Now())
    nudge_on_commit()
    _free(row, "complete")


def _free(row: Due, outcome: str) -> None:
    row.lease_until, row.last_outcome = None, outcome
    row.save(
        update_fields=[
            "next_run_at",
            "lease_until",
            "attempt",
            "failures",
            "quarantined_at",
            "quarantine_reason",
            "last_outcome",
        ]
    )


def _note(row: Due, pulled: Pulled, fence: int) -> None:
    reading = pulled.reading
    Pull.objects.create(
        id=reading.pull_id,
        connection_id=row.connection_id,
        due_id=row.id,
        fence=fence,
        stream=reading.stream,
        started_at=reading.started_at,
        observed_at=reading.observed_at,
        outcome="deferred" if pulled.deferred else reading.outcome,
        code=pulled.error.code if pulled.error is not None else "",
        reason=" ".join(filter(None, (reading.reason, pulled.error.what_to_do if pulled.error is not None else "")))[
            :400
        ],
        pages=reading.pages,
        items=reading.items,
        calls=reading.calls,
        bytes_sealed=reading.bytes_sealed,
        milliseconds=pulled.milliseconds,
        first_seal=reading.seals[0] if reading.seals else None,
        completeness_rule=reading.completeness_rule,
        second_count=reading.second_count,
        collector_version=reading.collector_version,
        credential_identity=reading.credential_identity,
    )


def _pin(row: Due, pulled: Pulled) -> None:
    """The first answer says which account this is; it stays that one. A secret that opened was used now."""
    reading = pulled.reading
    connection: Connection = Connection.objects.get(id=row.connection_id)
    changed = []
    if reading.account and not connection.account and pulled.error is None:
        connection.account = reading.account
        changed.append("account")
    if reading.credential_identity and reading.credential_identity != connection.identity:
        connection.identity = reading.credential_identity
        changed.append("identity")
    if bytes(connection.secret_key) and pulled.error is None:
        connection.secret_used_at = clock.now()
        changed.append("secret_used_at")
    if changed:
        connection.save(update_fields=changed)


def _come_back(row: Due, error: ConnectorError | None, now: datetime) -> None:
    """Rate limits are waited for in the row: at the time AWS named, else with growing patience. Never a strike."""
    row.attempt = 0
    row.failures += 1
    told = error.retry_after if isinstance(error, Deferred) else None
    wait = timedelta(seconds=told) if told is not None else cadence.backoff(row.failures)
    row.next_run_at = now + min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)


def _failed(row: Due, error: ConnectorError | None, reason: str, now: datetime) -> None:
    if isinstance(error, _PASSING):
        _wait(row, now)
    else:
        _strike(row, f"{reason} {error.what_to_do if error is not None else ''}".strip(), now)


def _wait(row: Due, now: datetime) -> None:
    """Not this connection's fault: try again with growing patience, without counting a strike."""
    row.attempt = 0
    row.failures += 1
    row.next_run_at = cadence.PARKED if clock.is_simulated() else now + cadence.backoff(row.failures)


def _strike(row: Due, reason: str, now: datetime) -> None:
    """The attempt was counted before the work. The third one in a row stops the row until a person clears it."""
    row.failures += 1
    row.next_run_at = cadence.PARKED if clock.is_simulated() else now + cadence.backoff(row.failures)
    if row.attempt >= lease.STRIKES:
        row.quarantined_at, row.quarantine_reason = now, reason[:300]


def _worked(row: Due, outcome: str, *, held: bool, now: datetime) -> None:
    again = row.last_outcome in ("partial", "held")
    row.attempt = row.failures = 0
    row.quarantined_at, row.quarantine_reason = None, ""
    if clock.is_simulated():
        row.next_run_at = cadence.PARKED
        return
    stream = registry.connector(
        Connection.objects.values_list("connector", flat=True).get(id=row.connection_id)
    ).stream(row.stream)
    planned = cadence.next_run(
        after=now, zone=ZoneInfo(organization().time_zone), every_hours=stream.pull_every_hours, row_id=row.id
    )
    if held:
        planned = min(planned, now + cadence.SECOND_READ)
    elif outcome == "partial" and not again:
        planned = min(planned, now + cadence.RETRY_PARTIAL)
    row.next_run_at = planned
