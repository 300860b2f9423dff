"""Inspecting an organization's evidence at the end of any test: what `manage.py evidence_fsck` would say."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

from django.conf import settings

from evidence.fsck import Report, Trust, inspect_organization
from evidence.fsck.database import DatabaseSource, Tickets
from evidence.keyfiles import read_master_key, read_public_key


def inspected(organization_id: UUID, *, pin: tuple[int, bytes] | None = None) -> Report:
    """The report; ``report.ok`` and an empty ``report.findings`` are what a healthy organization has."""
    trust = Trust(
        master_key=read_master_key(settings.KEY_FILE),
        signer=read_public_key(settings.SIGNER_PUBLIC_KEY_FILE),
        blobs=settings.BLOBS,
        pin=pin,
        orphan_age=0,
    )
    with closing(Tickets(settings.ROLE_DSN["app_sched"])) as tickets:
        return inspect_organization(DatabaseSource(organization_id, tickets), trust)
