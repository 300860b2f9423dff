"""Registers that checks ask: kept here from the moment they are opened."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, Reference


class Register(LedgerModel):
    """A register is kept here since ``opened_at``. A register that was never opened is not there (checks.yaml rule 6)."""

    name = models.TextField()
    opened_at = models.DateTimeField()
    actor_id = models.UUIDField()

    class Meta(LedgerModel.Meta):
        constraints = [models.UniqueConstraint(fields=["organization_id", "name"], name="compliance_register_name")]


class Approval(LedgerModel):
    """An approval, dated when it was given by the organization's clock. ``subject``: a resource key or an account."""

    register = Reference("compliance.Register")
    subject = models.TextField()
    reason = models.TextField()
    approved_by = Reference("organizations.Member")
    approved_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta(LedgerModel.Meta):
        indexes = [models.Index(fields=["organization_id", "register", "approved_at"], name="compliance_approval_line")]
