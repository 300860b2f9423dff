"""The observation window in force."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel


class ObservationWindow(LedgerModel):
    """First and last calendar day, both inclusive, in ``zone``. The newest row counts; every earlier choice stays."""

    starts_on = models.DateField()
    ends_on = models.DateField()
    zone = models.TextField()
    actor_id = models.UUIDField()

    class Meta(LedgerModel.Meta):
        indexes = [models.Index(fields=["organization_id", "recorded_at"], name="compliance_window_line")]
