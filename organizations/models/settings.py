"""What an organization decided about itself."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import QueueModel


class Settings(QueueModel):
    """One row per organization; missing means UTC. `events_seen` is how far the gate's events are in the activity log."""

    queue_columns = ("time_zone", "events_seen")

    time_zone = models.CharField(max_length=64, default="UTC")
    events_seen = models.BigIntegerField(default=0)

    class Meta(QueueModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization_id"], name="organizations_settings_one")]
