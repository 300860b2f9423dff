"""Facts with history, and the projection of what is true now."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, ProjectionModel, Reference


class FactVersion(LedgerModel):
    """A resource as it was first seen in this form, citing the seal of the page it came from. ``present`` is False in
    the version that ended its life, which only a complete pull writes; it repeats the last payload."""

    connection_id = models.UUIDField()
    stream = models.TextField()
    kind = models.TextField()
    key = models.TextField()
    present = models.BooleanField()
    payload = models.JSONField()
    digest = models.TextField()
    seal = models.BigIntegerField()
    observed_at = models.DateTimeField()

    class Meta(LedgerModel.Meta):
        indexes = [
            models.Index(fields=["organization_id", "kind", "key", "observed_at"], name="inventory_factversion_line"),
        ]


class CurrentFact(ProjectionModel):
    """The version in force of each living resource."""

    connection_id = models.UUIDField()
    stream = models.TextField()
    kind = models.TextField()
    key = models.TextField()
    digest = models.TextField()
    version = Reference("inventory.FactVersion")

    class Meta(ProjectionModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "connection_id", "stream", "kind", "key"], name="inventory_currentfact_one"
            ),
        ]
