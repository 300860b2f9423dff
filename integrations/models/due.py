"""The row is the queue."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import QueueModel, Reference


class Due(QueueModel):
    """One piece of work of one connection: to pull a stream, to probe, to judge again.

    The dispatcher leases it (``lease_until``, ``fence``, ``attempt``) and nobody else changes the fence. ``run`` counts
    the deliveries of one lease, so that a redelivered message takes over and the older worker stops. ``attempt`` is
    counted before the work; ``failures`` are results in a row that were faults of the other side, for the backoff.
    All times here are the database's, also in a sandbox.
    """

    queue_columns = (
        "next_run_at", "lease_until", "attempt", "run_fence", "run", "failures", "quarantined_at", "quarantine_reason", "last_outcome",
    )  # fmt: skip

    connection = Reference("integrations.Connection")
    task = models.CharField(max_length=20)
    stream = models.CharField(max_length=80, blank=True)
    next_run_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempt = models.IntegerField(default=0)
    run_fence = models.BigIntegerField(default=0)
    run = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    quarantined_at = models.DateTimeField(null=True)
    quarantine_reason = models.CharField(max_length=300, blank=True)
    last_outcome = models.CharField(max_length=20, blank=True)

    class Meta(QueueModel.Meta):
        indexes = [models.Index(fields=["organization_id", "next_run_at"], name="integrations_due_next")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "connection", "task", "stream"], name="integrations_due_one"
            )
        ]
