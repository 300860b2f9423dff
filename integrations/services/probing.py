"""Tests a connection in the worker and keeps what was found."""

from __future__ import annotations

from dataclasses import asdict

from integrations import cadence
from integrations.connectors import registry
from integrations.connectors.contract import ProbeResult
from integrations.models import Connection, Due, Probe
from integrations.selectors.database_clock import database_now
from integrations.services import lease
from integrations.services.read_credential import read_credential
from organizations import clock
from organizations.services.record_activity import record_activity
from organizations.tasks import Job


def probe_connection(job: Job) -> None:
    """UNBOUND; network. Tries every permission and keeps the result. A first test that succeeds pins the account and
    makes the streams due. Raises LeaseLost."""
    with job.bound():
        row = lease.take_over(job)
        if row is None:
            return
        connection: Connection = Connection.objects.get(id=row.connection_id)
        credential, refused = read_credential(connection)
        connector = registry.connector(connection.connector)
    if refused is not None:
        result = ProbeResult(
            ok=False, account="", identity="", sentence=refused.message, what_to_do=refused.what_to_do, items=()
        )
    else:
        result = connector.probe(credential)
    with job.bound():
        row = lease.hold_fence(job, row.run)
        _keep(row, job.fence, result)


def _keep(row: Due, fence: int, result: ProbeResult) -> None:
    Probe.objects.create(
        connection_id=row.connection_id,
        due_id=row.id,
        fence=fence,
        ok=result.ok,
        account=result.account,
        identity=result.identity[:300],
        sentence=result.sentence[:400],
        what_to_do=result.what_to_do[:400],
        items=[asdict(item) for item in result.items],
    )
    connection: Connection = Connection.objects.get(id=row.connection_id)
    if result.account:
        connection.identity = result.identity
        connection.account = connection.account or result.account
        connection.save(update_fields=["account", "identity"])
        _start(
            row,
            first=not Probe.objects.filter(connection_id=row.connection_id, account=result.account)
            .exclude(fence=fence)
            .exists(),
        )
    record_activity("connection.probed", subject=f"connection:{row.connection_id}", detail={"ok": result.ok})
    row.next_run_at, row.lease_until, row.attempt = cadence.PARKED, None, 0
    row.last_outcome = "complete" if result.ok else "failed"
    row.save(update_fields=["next_run_at", "lease_until", "attempt", "last_outcome"])


def _start(row: Due, *, first: bool) -> None:
    """After the first test that reached the account, its streams are due; in a sandbox the story says when."""
    if first and not clock.is_simulated():
        waiting = Due.objects.filter(
            connection_id=row.connection_id, task="pull", next_run_at=cadence.PARKED, last_outcome=""
        )
        waiting.update(next_run_at=database_now())
