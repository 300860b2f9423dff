"""Who may work on a row: the holder of its fence, in its newest run, while it is leased.

Every write of a pull goes through here first. A worker that was overtaken (its lease ran out and was taken again, its
message was delivered twice, its connection was disconnected) finds no row and writes nothing.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, F, Value, When
from django.db.models.functions import Now

from integrations.errors import LeaseLost
from integrations.models import Due
from organizations.tasks import Job

LEASE = timedelta(minutes=5)
STRIKES = 3
_POISON = "It ended its worker three times without a result. Report this to whoever runs Attestry."


def take_over(job: Job) -> Due | None:
    """Start a run: BOUND. The attempt is counted here, before the work, so that work which kills its worker is counted
    too; None means that it was the fourth and the row is quarantined now. A redelivered message becomes the newer run,
    and the older one stops at its next write. Raises LeaseLost when the row was finished or leased again."""
    again = Case(When(run_fence=F("fence"), then=F("run") + 1), default=Value(1))
    mine = Due.objects.filter(id=job.id, task=job.task, fence=job.fence, lease_until__isnull=False)
    if not mine.update(run=again, run_fence=F("fence"), attempt=F("attempt") + 1, lease_until=Now() + LEASE):
        raise LeaseLost
    row: Due = Due.objects.get(id=job.id)
    if row.attempt <= STRIKES:
        return row
    mine.update(lease_until=None, quarantined_at=Now(), quarantine_reason=_POISON)
    return None


def extend(job: Job, run: int) -> None:
    """Prolong the lease while pages come in. BOUND. Raises LeaseLost."""
    mine = Due.objects.filter(id=job.id, fence=job.fence, run=run, lease_until__isnull=False)
    if not mine.update(lease_until=Now() + LEASE):
        raise LeaseLost


def hold_fence(job: Job, run: int | None = None) -> Due:
    """Lock the row for the finalising transaction. BOUND. Raises LeaseLost; then nothing of this run may be written.
    ``run`` None: whichever run it is (only for noting that the work broke)."""
    mine = Due.objects.select_for_update().filter(id=job.id, fence=job.fence, lease_until__isnull=False)
    row: Due | None = (mine if run is None else mine.filter(run=run)).first()
    if row is None:
        raise LeaseLost
    return row
