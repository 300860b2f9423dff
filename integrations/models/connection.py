"""A connection, and the secret that only its own worker can read."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import QueueModel, Reference


class Connection(QueueModel):
    """An organization's link to one system. ``settings`` holds no secret. ``origin`` is the exact place the secret may
    be sent to; ``secret_key`` is the wrapped data key of the current secret: blank it and the secret is gone for good,
    whoever still holds the ciphertext. ``account`` is pinned by the first answer and never changes afterwards."""

    queue_columns = (
        "name", "account", "identity", "origin", "secret_version", "secret_key", "secret_made_at", "secret_used_at",
        "disconnected_at",
    )  # fmt: skip

    connector = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    account = models.CharField(max_length=64, blank=True)
    identity = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=200, blank=True)
    secret_version = models.IntegerField(default=0)
    secret_key = models.BinaryField(default=b"")
    secret_made_at = models.DateTimeField(null=True)
    secret_used_at = models.DateTimeField(null=True)
    created_by = Reference("organizations.Member", null=True)
    created_at = models.DateTimeField()
    disconnected_at = models.DateTimeField(null=True)

    class Meta(QueueModel.Meta):
        indexes = [
            models.Index(fields=["organization_id", "connector", "account"], name="integrations_connection_acct")
        ]


class ConnectionSecret(QueueModel):
    """The ciphertext of one version of a connection's secret. Only a worker whose ticket names the connection may
    SELECT it (guarded ``worker_only``); nobody else, whatever SQL they run, not even the person who typed it."""

    queue_columns = ("ciphertext",)

    connection = Reference("integrations.Connection")
    version = models.IntegerField()
    ciphertext = models.BinaryField()

    class Meta(QueueModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "connection", "version"], name="integrations_secret_version"
            )
        ]
