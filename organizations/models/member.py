"""A person's place in one organization; what tables of an organization point at, never a user."""

from __future__ import annotations

from django.db import models

from organizations.gate.models import QueueModel


class Member(QueueModel):
    """Name and address as the organization knows them. `id` is `sec.membership.member_id`; the role is there, not here.

    Written by the definer functions that found an organization and accept an invitation.
    """

    queue_columns = ("name", "email")

    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)

    class Meta(QueueModel.Meta):
        pass
