"""What the catalog's files hold, frozen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from compliance.timeline.types import Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion of SOC 2 TSC 2017: id and own-worded title; the official text is the framework's own."""

    id: str
    category: str
    series: str
    title: str
    crosswalk: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualPart:
    """A piece of evidence that people bring: how often, and who accepts it (never who did the work)."""

    id: str
    document: str
    cadence: str
    reviewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryControl:
    """A control of the library. ``required_checks`` and ``required_manual`` are the parts that must all have run."""

    key: str
    title: str
    statement: str
    tier: str
    applies_when: str
    criteria: tuple[str, ...]
    categories: tuple[str, ...]
    owner_role: str
    frequency: str
    duty: tuple[Duty, ...]
    kind: str
    checks: tuple[str, ...]
    manual: tuple[ManualPart, ...]
    required_checks: tuple[str, ...]
    required_manual: tuple[str, ...]
    population: str
    typical_exception: str
    lane: str
    order: int

    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of the required parts, checks first."""
        return self.required_checks + self.required_manual


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStatement:
    """What a check states: the rule of each outcome in words, its duty, parameters with defaults, what it needs."""

    id: str
    title: str
    source: str
    tier: str
    severity: str
    scope: str
    resource_type: str
    duty: Duty
    remediation_days: int | None
    controls: tuple[str, ...]
    criteria: tuple[str, ...]
    permissions: tuple[str, ...]
    parameters: Mapping[str, Any]
    rule: Mapping[str, str | None]
    outcomes: tuple[str, ...]
    remediation: str
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStatement:
    """One kind of thing that is pulled, how often, when its answer is too old, and what proves that it is whole."""

    key: str
    source: str
    name: str
    kind: str
    pull_every_hours: int
    stale_after_hours: int
    completeness: str
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HowAndWhy:
    """How an implemented check looks, and why it matters."""

    how: str
    why: str
