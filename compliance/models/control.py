"""The organization's controls: adopted from the library or written by it, versioned, with their owners."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, Reference


class Control(LedgerModel):
    """A control's identity: its key never changes and is never used again. ``origin``: library or own."""

    key = models.TextField()
    origin = models.TextField()

    class Meta(LedgerModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization_id", "key"], name="compliance_control_key")]


class ControlVersion(LedgerModel):
    """One version of a control's definition, in force from ``effective_at`` (the organization's clock; nothing is
    back-dated). ``checks``: ids of the required checks; ``manual``: required manual parts as {id, document, cadence}."""

    control = Reference("compliance.Control")
    version = models.IntegerField()
    effective_at = models.DateTimeField()
    title = models.TextField()
    statement = models.TextField()
    criteria = models.JSONField()
    lane = models.TextField()
    duty = models.JSONField()
    frequency = models.TextField()
    typical_exception = models.TextField(blank=True)
    checks = models.JSONField()
    manual = models.JSONField()
    actor_id = models.UUIDField()

    class Meta(LedgerModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "control", "version"], name="compliance_controlversion_number"
            ),
        ]


class ControlOwner(LedgerModel):
    """Who answers for a control from ``since`` on: the newest row counts."""

    control = Reference("compliance.Control")
    member = Reference("organizations.Member")
    since = models.DateTimeField()
    actor_id = models.UUIDField()

    class Meta(LedgerModel.Meta):
        indexes = [models.Index(fields=["organization_id", "control", "since"], name="compliance_controlowner_line")]
