"""What goes into and comes out of the inventory. Pure: frozen dataclasses, moments are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

PullOutcome = Literal["complete", "partial", "failed"]
# "held": a complete walk whose population fell by more than 30 %, waiting for a second read to agree.
# "retired": the connection no longer reads this stream; nothing is expected of it from here on.
CoverageOutcome = Literal["complete", "partial", "failed", "held", "retired"]
Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFact:
    """One resource as it was read. ``key`` is unique in the connection and starts with the account; a payload value
    that could not be read is ``{"unknown": "<reason>"}``; ``seal`` is the number of the sealed page it came from."""

    kind: str
    key: str
    payload: Payload
    seal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything one pull of one stream brought. ``observed_at``: when the walk ended, true of the world.
    ``stale_after_hours``: how long this reading may be relied on (streams.yaml, or the connection's own cadence).
    ``completeness_rule``: the sentence of the rule that held or broke; ``second_count``: what the other call counted."""

    connection_id: UUID
    stream: str
    pull_id: UUID
    started_at: datetime
    observed_at: datetime
    outcome: PullOutcome
    reason: str
    facts: tuple[SeenFact, ...]
    pages: int
    items: int
    calls: int
    bytes_sealed: int
    completeness_rule: str
    second_count: int | None
    collector_version: str
    credential_identity: str
    seals: tuple[int, ...]
    account: str
    stale_after_hours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRef:
    """One version of one fact. ``present`` is False for the version that ended the resource's life."""

    id: UUID
    connection_id: UUID
    stream: str
    kind: str
    key: str
    payload: Payload
    seal: int
    observed_at: datetime
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a pull changed. ``complete``: may feed a pass and ended resources that are gone. ``held``: the population
    fell by more than 30 %: read again soon. ``catch_up``: the reading before this one was not complete, so facts
    that are unchanged now may never have been judged."""

    connection_id: UUID
    stream: str
    observed_at: datetime
    known_at: datetime
    complete: bool
    held: bool
    catch_up: bool
    changed: tuple[FactRef, ...]
    gone: tuple[FactRef, ...]
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageSpan:
    """One row of the coverage ledger: who read which stream when, with what, and whether it was whole."""

    id: UUID
    connection_id: UUID
    stream: str
    pull_id: UUID
    outcome: CoverageOutcome
    reason: str
    started_at: datetime
    observed_at: datetime
    known_at: datetime
    fresh_until: datetime
    pages: int
    items: int
    calls: int
    bytes_sealed: int
    completeness_rule: str
    second_count: int | None
    collector_version: str
    credential_identity: str
    account: str
    seals: tuple[int, ...]


class CoverageTick(NamedTuple):
    """What a row of coverage says about time: read when, relied on until when, whole or not, by what."""

    connection_id: UUID
    stream: str
    outcome: CoverageOutcome
    observed_at: datetime
    fresh_until: datetime
    collector_version: str
    credential_identity: str
    reason: str
