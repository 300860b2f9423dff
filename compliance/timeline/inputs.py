"""Rows of the ledgers as the timeline needs them, and what a control requires. Pure; moments are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from compliance.timeline.types import Duty

# "gone" closes the line of a resource that a complete pull no longer listed.
FlipOutcome = Literal["pass", "fail", "not_applicable", "unknown", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlipRow:
    """The outcome of (check, connection, resource) changed. ``failing_since``: start of the failure this row belongs
    to: its own time for a fail, carried on by an unknown that follows a fail (only new data clears a failure)."""

    id: UUID
    check_id: str
    connection_id: UUID
    resource_key: str
    outcome: FlipOutcome
    reason: str
    seal: int | None
    observed_at: datetime
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One judged event of an event duty, at its own time."""

    id: UUID
    check_id: str
    connection_id: UUID
    resource_key: str
    outcome: Literal["pass", "fail", "unknown"]
    reason: str
    seal: int | None
    occurred_at: datetime
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRow:
    """One row of coverage. Only ``complete`` makes time observed, from ``observed_at`` to ``fresh_until``."""

    connection_id: UUID
    stream: str
    outcome: Literal["complete", "partial", "failed", "held", "retired"]
    observed_at: datetime
    fresh_until: datetime
    collector_version: str = ""
    credential_identity: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStart:
    """From ``observed_at`` on a check judges a connection's facts with this version and these parameters."""

    check_id: str
    connection_id: UUID
    version: str
    parameters: str
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """A pass that depends on time and stopped being true at ``valid_until`` without having been judged again yet."""

    check_id: str
    connection_id: UUID
    resource_key: str
    valid_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedItem:
    """One item of a timed duty: arose, has a limit (the parameter in force when it arose), may be closed."""

    check_id: str
    resource_key: str
    arose_at: datetime
    limit_at: datetime
    closed_at: datetime | None
    reason: str
    seal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OccurrenceRow:
    """One expected occurrence of a periodic part. ``at_risk_at``: seven calendar days before ``due_at``."""

    id: UUID
    part_id: str
    opens_at: datetime
    at_risk_at: datetime
    due_at: datetime
    performed_at: datetime | None = None
    seal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSpec:
    """What a required part is. ``streams`` and ``remediation_days`` are for checks; ``missing_reason`` is set when
    nothing collects the part yet."""

    id: str
    title: str
    kind: Literal["check", "manual"]
    duty: Duty
    streams: tuple[str, ...] = ()
    remediation_days: int | None = None
    missing_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One version of a control's definition, in force from ``effective_at`` until the next."""

    version: int
    effective_at: datetime
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSpec:
    """A control's definitions, oldest first."""

    key: str
    definitions: tuple[Definition, ...]
