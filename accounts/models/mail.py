"""Mail kept for the mail page of the embedded mode."""

from __future__ import annotations

from django.db import models


class StoredMail(models.Model):
    """One message that would have been sent. Written in embedded and test mode only."""

    to = models.CharField(max_length=254, db_index=True)
    sender = models.CharField(max_length=254)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.to}: {self.subject}"
