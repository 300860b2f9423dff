from __future__ import annotations

import json
from datetime import datetime

from evidence.models import Checkpoint, Record
from evidence.selectors.leaves import head, leaves
from evidence.types import Anchoring


def anchoring() -> Anchoring:
    """How far the bound organization's log is covered by a signed checkpoint. Three queries."""
    log = head()
    size = log.size if log is not None else 0
    last = Checkpoint.objects.order_by("-size", "-at").first()
    signed = last.size if last is not None else 0
    since: datetime | None = None
    if signed < size:
        oldest = leaves([signed]).get(signed)
        since = None if oldest is None else datetime.fromisoformat(json.loads(oldest.body)["recorded_at"])
    return Anchoring(
        size=size, signed_size=signed, signed_at=last.at if last is not None else None, unanchored_since=since
    )


def unanchored_since() -> datetime | None:
    """The seal time (UTC) of the oldest leaf that no checkpoint covers; None when all are covered.

    Over five minutes the signer is late; over an hour somebody is told (security.md 7, F16).
    """
    return anchoring().unanchored_since


def sealed_count(since: datetime, until: datetime) -> int:
    """Number of records that became known to the organization in [since, until), aware times."""
    return Record.objects.filter(known_at__gte=since, known_at__lt=until).count()
