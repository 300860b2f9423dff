"""What was read when, by whom, and whether it was whole."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel


class Coverage(LedgerModel):
    """One row per pull of one stream, also for a pull that failed. Only ``complete`` makes time observed.

    ``population``: facts that the reading brought; the measure of the next drop. ``fresh_until``: the freshness limit
    in force when it was read.
    """

    connection_id = models.UUIDField()
    stream = models.TextField()
    pull_id = models.UUIDField()
    outcome = models.TextField()
    reason = models.TextField(blank=True)
    started_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    fresh_until = models.DateTimeField()
    pages = models.IntegerField()
    items = models.IntegerField()
    population = models.IntegerField()
    calls = models.IntegerField()
    bytes_sealed = models.BigIntegerField()
    completeness_rule = models.TextField(blank=True)
    second_count = models.IntegerField(null=True)
    collector_version = models.TextField()
    credential_identity = models.TextField()
    account = models.TextField()
    seals = models.JSONField(default=list)

    class Meta(LedgerModel.Meta):
        indexes = [
            models.Index(
                fields=["organization_id", "stream", "connection_id", "observed_at"], name="inventory_coverage_source"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "pull_id", "stream"], name="inventory_coverage_pull"),
        ]
