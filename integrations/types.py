"""What this room hands out: frozen values, no models. Moments are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from integrations.connectors.contract import ProbeItem

PullOutcome: TypeAlias = Literal["complete", "partial", "failed", "deferred"]
Condition: TypeAlias = Literal["never", "working", "gap", "failing", "quarantined", "disconnected"]


@dataclass(frozen=True, kw_only=True)
class PullView:
    """One attempt to read one stream, as pages and API show it. ``milliseconds`` is the true elapsed time."""

    id: UUID
    connection_id: UUID
    stream: str
    stream_name: str
    started_at: datetime
    observed_at: datetime
    known_at: datetime
    outcome: PullOutcome
    code: str
    reason: str
    pages: int
    items: int
    calls: int
    bytes_sealed: int
    milliseconds: int
    first_seal: int | None
    completeness_rule: str
    second_count: int | None
    collector_version: str
    credential_identity: str


@dataclass(frozen=True, kw_only=True)
class StreamView:
    """One stream of one connection: its due row, its newest pull and its newest complete one. ``next_run_at`` is None
    when nothing is planned by this installation (a sandbox is driven by its story)."""

    key: str
    name: str
    completeness: str
    stale_after_hours: int
    next_run_at: datetime | None
    running: bool
    waiting: bool
    quarantined_at: datetime | None
    quarantine_reason: str
    newest: PullView | None
    complete: PullView | None
    fresh: bool


@dataclass(frozen=True, kw_only=True)
class ProbeView:
    """The newest "test connection" and whether one is on its way."""

    at: datetime | None
    ok: bool
    account: str
    identity: str
    sentence: str
    what_to_do: str
    items: tuple[ProbeItem, ...]
    running: bool


@dataclass(frozen=True, kw_only=True)
class ConnectionView:
    """One connection. ``condition`` is the worst of its streams; ``sentence`` says it in words."""

    id: UUID
    connector: str
    connector_name: str
    name: str
    account: str
    identity: str
    region: str
    role_arn: str
    has_secret: bool
    secret_made_at: datetime | None
    secret_used_at: datetime | None
    created_at: datetime
    disconnected_at: datetime | None
    condition: Condition
    streams: tuple[StreamView, ...] = ()
