"""The one place that names every stage of a pull in order, and the Celery tasks that run it.

Each stage is "find what is due, claim it, act, record" and may run twice. No network inside a transaction; facts,
outcomes and the end of the lease are one transaction, so a pull is judged whole or not at all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from compliance import services as compliance
from evidence.errors import KeyUnavailable
from integrations import services as integrations
from integrations.errors import LeaseLost
from inventory import services as inventory
from organizations import clock, scope
from organizations.services.copy_events import copy_events
from organizations.tasks import Job, ticketed

_log = logging.getLogger(__name__)
_NO_VAULT = "The vault's keys or store could not be reached; nothing was kept."
_UNFORESEEN = "Attestry itself failed on this answer. Report the time of this attempt to whoever runs Attestry."


@ticketed("pull")
def pull(job: Job) -> None:
    """Read one stream of one connection and judge what changed."""
    _guarded(job, _pull)


@ticketed("probe")
def probe(job: Job) -> None:
    """Try what a connection's credential can do."""
    _guarded(job, integrations.probe_connection)


@ticketed("rejudge")
def rejudge(job: Job) -> None:
    """Time alone may have changed an outcome (a key turned too old): read again what that outcome rests on."""
    _guarded(job, _rejudge)


def _pull(job: Job) -> None:
    pulled = integrations.read_stream(job)
    with job.bound():
        integrations.hold_fence(job, pulled.run)
        held = False
        if not pulled.deferred:
            changes = inventory.record_pull(pulled.reading)
            judged = compliance.judge(changes)
            held = changes.held
            integrations.plan_rejudging(pulled.reading.connection_id, judged.rejudge_at)
        integrations.finish(job, pulled, held=held)
    # On its own, after the commit: what the gate noted by itself enters the activity log without holding up a pull.
    with job.bound():
        copy_events()


def _rejudge(job: Job) -> None:
    with job.bound():
        assert job.connection_id is not None
        judged = compliance.rejudge(connection_id=job.connection_id, at=clock.now())
        integrations.finish_rejudging(job, judged.rejudge_at, read_again=judged.read_again)


def _guarded(job: Job, work: Callable[[Job], object]) -> None:
    """The task boundary: whatever goes wrong is one line in the log without any data, and a strike on the row."""
    try:
        work(job)
    except (LeaseLost, scope.Denied) as over:
        _log.info("Work on row %s is somebody else's now (%s).", job.id, type(over).__name__)
    except (KeyUnavailable, OSError) as away:
        _log.warning("Task %s on row %s could not reach the vault (%s).", job.task, job.id, type(away).__name__)
        _ended(job, _NO_VAULT, strike=False)
    except Exception:  # noqa: BLE001 - the task boundary
        _log.exception("Task %s failed on row %s.", job.task, job.id)
        _ended(job, _UNFORESEEN, strike=True)


def _ended(job: Job, reason: str, *, strike: bool) -> None:
    try:
        with job.bound():
            integrations.finish_broken(job, reason, strike=strike)
    except (LeaseLost, scope.Denied):
        _log.info("The strike on row %s is left to the lease.", job.id)
