"""Who did what in the product."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel


class Activity(LedgerModel):
    """One act, written in the act's own transaction. `actor_id` is a member, an API token or a connection; `event_id`
    is set on entries copied from the gate's own events, once each."""

    actor_id = models.UUIDField()
    actor_role = models.CharField(max_length=20)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    event_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()

    class Meta(LedgerModel.Meta):
        indexes = [
            models.Index(fields=["organization_id", "-happened_at", "-id"], name="organizations_activity_time"),
            models.Index(fields=["organization_id", "action", "-happened_at"], name="organizations_activity_action"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "event_id"], name="organizations_activity_event")
        ]
