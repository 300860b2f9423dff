"""What was expected of periodic parts, and what was performed."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, Reference


class Occurrence(LedgerModel):
    """A date on which a periodic part has to operate, made in advance in the organization's zone. ``due_at`` is the end
    of ``due_on`` there. It cites the definition in force when it was made."""

    control = Reference("compliance.Control")
    control_version = models.IntegerField()
    part_id = models.TextField()
    opens_at = models.DateTimeField()
    at_risk_at = models.DateTimeField()
    due_on = models.DateField()
    due_at = models.DateTimeField()

    class Meta(LedgerModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "control", "part_id", "due_on"], name="compliance_occurrence_one"
            ),
        ]
        indexes = [models.Index(fields=["organization_id", "due_at"], name="compliance_occurrence_due")]


class Performance(LedgerModel):
    """An occurrence was performed, at its signature; once, never back-dated. ``seal``: the sealed signature."""

    occurrence = Reference("compliance.Occurrence")
    member = Reference("organizations.Member")
    performed_at = models.DateTimeField()
    seal = models.BigIntegerField(null=True)

    class Meta(LedgerModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "occurrence"], name="compliance_performance_one")
        ]
