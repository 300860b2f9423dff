"""What was tried: the ledger of pulls and of probes."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, Reference


class Pull(LedgerModel):
    """One attempt to read one stream that came to an end. A fence ends once: a doubled message cannot write twice.

    ``outcome`` is complete, partial, failed or deferred (the other side asked to come back later)."""

    connection = Reference("integrations.Connection")
    due = Reference("integrations.Due")
    fence = models.BigIntegerField()
    stream = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    observed_at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    pages = models.IntegerField()
    items = models.IntegerField()
    calls = models.IntegerField()
    bytes_sealed = models.BigIntegerField()
    milliseconds = models.IntegerField()
    first_seal = models.BigIntegerField(null=True)
    completeness_rule = models.CharField(max_length=200)
    second_count = models.IntegerField(null=True)
    collector_version = models.CharField(max_length=60)
    credential_identity = models.CharField(max_length=300, blank=True)

    class Meta(LedgerModel.Meta):
        indexes = [
            models.Index(fields=["organization_id", "connection", "-id"], name="integrations_pull_newest"),
            models.Index(fields=["organization_id", "connection", "stream", "-id"], name="integrations_pull_stream"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "due", "fence"], name="integrations_pull_once")
        ]


class Probe(LedgerModel):
    """What "test connection" found. ``items`` is a list of {stream, action, granted, note}; display only."""

    connection = Reference("integrations.Connection")
    due = Reference("integrations.Due")
    fence = models.BigIntegerField()
    ok = models.BooleanField()
    account = models.CharField(max_length=64, blank=True)
    identity = models.CharField(max_length=300, blank=True)
    sentence = models.CharField(max_length=400)
    what_to_do = models.CharField(max_length=400, blank=True)
    items = models.JSONField(default=list)

    class Meta(LedgerModel.Meta):
        indexes = [models.Index(fields=["organization_id", "connection", "-id"], name="integrations_probe_newest")]
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "due", "fence"], name="integrations_probe_once")
        ]
