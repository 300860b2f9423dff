"""What judging is given and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.checks.types import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a judging wrote. ``outcomes``: rows of the projection written; ``rejudge_at``: when time alone changes an
    outcome of this connection next (UTC, None never); ``read_again``: streams to read now because outcomes lapsed."""

    outcomes: int = 0
    flips: int = 0
    events: int = 0
    rejudge_at: datetime | None = None
    read_again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """A check with the parameters in force here. ``starts``: this version and these parameters have not judged this
    connection before."""

    check: Check
    parameters: Mapping[str, Any]
    parameters_version: str
    starts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The outcome in force of one (check, resource)."""

    id: UUID
    outcome: str
    reason: str
    seal: int
    fact_id: UUID
    flip_id: UUID
    since: datetime
    failing_since: datetime | None
    valid_until: datetime | None
