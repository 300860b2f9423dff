"""An open invitation as the organization's people see it."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import QueueModel, Reference


class Invitation(QueueModel):
    """The address that was invited and the digest of its secret; whether it can still be used is `sec.invitation`'s to say."""

    queue_columns = ("withdrawn_at",)

    secret_digest = models.BinaryField(max_length=32)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=20)
    member_until = models.DateTimeField(null=True)
    invited_by = Reference("organizations.Member")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(QueueModel.Meta):
        indexes = [models.Index(fields=["organization_id", "-sent_at"], name="organizations_invitation_sent")]
