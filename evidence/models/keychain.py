from __future__ import annotations

from django.db import models

from organizations.gate.models import QueueModel


class KeyChain(QueueModel):
    """The wrapped data key of one stream and ISO week: the unit of keys, dictionaries and shredding.

    Destroying the key empties ``wrapped_key`` and sets ``destroyed_at``; the row stays, because
    leaves name it for ever.
    """

    queue_columns = ("wrapped_key", "destroyed_at")

    stream = models.TextField()
    week = models.TextField()
    provider = models.TextField()
    wrapped_key = models.BinaryField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta(QueueModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "stream", "week"],
                condition=models.Q(destroyed_at__isnull=True),
                name="evidence_keychain_one_live",
            )
        ]
