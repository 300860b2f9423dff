from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel


class Checkpoint(LedgerModel):
    """A signed size and root of the organization's log. Only the signer's role inserts; the note is the truth."""

    origin = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    at = models.DateTimeField()
    key_type = models.SmallIntegerField()
    note = models.TextField()

    class Meta(LedgerModel.Meta):
        indexes = [models.Index(fields=["organization_id", "size", "at"], name="evidence_checkpoint_size")]
