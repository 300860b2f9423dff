"""A connection stops reading: nothing is expected of it from here on, and its resources leave the population."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from inventory.models import Coverage
from organizations.gate.identifiers import uuid7


def retire_source(*, connection_id: UUID, streams: Sequence[str], at: datetime, reason: str) -> int:
    """Bound. Writes one coverage row per stream that says so. Facts stay as they were last seen: disconnecting is not
    proof that anything is gone, so failures that were open stay shown. A later pull opens the source again.

    ``at``: the organization's clock, UTC. Returns the rows written.
    """
    for stream in streams:
        Coverage.objects.create(
            connection_id=connection_id,
            stream=stream,
            pull_id=uuid7(),
            outcome="retired",
            reason=reason,
            started_at=at,
            observed_at=at,
            fresh_until=at,
            pages=0,
            items=0,
            population=0,
            calls=0,
            bytes_sealed=0,
            completeness_rule="",
            second_count=None,
            collector_version="",
            credential_identity="",
            account="",
            seals=[],
        )
    return len(streams)
