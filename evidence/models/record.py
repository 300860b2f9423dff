from __future__ import annotations

from django.db import models

from organizations.gate.models import LedgerModel, Reference


class Record(LedgerModel):
    """One sealed item: where its bytes are and which leaf commits to them.

    The leaf is the truth; this row only finds things. ``sealed_at`` repeats the leaf's recorded_at,
    ``ct_len`` is the size of the ciphertext and ``body_size`` that of the body, both in bytes.
    """

    seq = models.BigIntegerField()
    stream = models.TextField()
    connection_id = models.UUIDField(null=True)
    page = models.IntegerField()
    object_id = models.UUIDField()
    ct_sha256 = models.BinaryField()
    ct_len = models.BigIntegerField()
    body_size = models.BigIntegerField()
    codec = models.SmallIntegerField()
    chain = Reference("evidence.KeyChain")
    observed_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    simulated = models.BooleanField()

    class Meta(LedgerModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "seq"], name="evidence_record_one_per_leaf"),
            models.UniqueConstraint(fields=["organization_id", "object_id"], name="evidence_record_one_per_object"),
        ]
        indexes = [
            models.Index(fields=["organization_id", "stream", "-seq"], name="evidence_record_stream"),
            models.Index(fields=["organization_id", "chain", "codec", "page", "-seq"], name="evidence_record_bases"),
            models.Index(fields=["organization_id", "known_at"], name="evidence_record_known"),
        ]
