"""The organization's controls and the library's others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.catalog import load
from compliance.catalog.types import LibraryControl
from compliance.models import Control, ControlOwner, ControlVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedControl:
    """A control as it is defined now. ``written``: by the organization itself; ``group``: the lane of the library, or
    ``own``; ``definition_changed_at``: when this version came into force, UTC; ``manual``: ids of required manual parts."""

    id: UUID
    key: str
    title: str
    statement: str
    criteria: tuple[str, ...]
    group: str
    duty: tuple[str, ...]
    frequency: str
    typical_exception: str
    checks: tuple[str, ...]
    manual: tuple[str, ...]
    owner_id: UUID | None
    written: bool
    version: int
    definition_changed_at: datetime


def definitions(keys: Sequence[str] | None = None) -> list[ControlVersion]:
    """All versions of all controls in scope, or of those with ``keys``, by key and version. One query: a page reads
    them once and hands them to `adopted_controls` and `window_timelines`."""
    rows = ControlVersion.objects.select_related("control").order_by("control__key", "version")
    return list(rows if keys is None else rows.filter(control__key__in=list(keys)))


def adopted_controls(
    given: Sequence[ControlVersion] | None = None, *, owners: bool = True
) -> tuple[AdoptedControl, ...]:
    """All controls in scope by key, each with its newest definition and, unless ``owners`` is False, its owner. Two
    queries at any number; one less for each of ``given`` (what `definitions` read) and ``owners=False``."""
    newest = {row.control_id: row for row in (definitions() if given is None else given)}
    held = _owners() if owners else {}
    return tuple(sorted((_view(row, held.get(row.control_id)) for row in newest.values()), key=lambda c: c.key))


def _owners() -> dict[UUID, UUID]:
    rows = ControlOwner.objects.order_by("control_id", "-since", "-id").distinct("control_id")
    return {row.control_id: row.member_id for row in rows}


def library_controls() -> tuple[LibraryControl, ...]:
    """Controls of the library that are not adopted, in the library's order. One query."""
    present = set(Control.objects.values_list("key", flat=True))
    return tuple(control for key, control in load.controls().items() if key not in present)


def _view(row: ControlVersion, owner_id: UUID | None) -> AdoptedControl:
    return AdoptedControl(
        id=row.control_id,
        key=row.control.key,
        title=row.title,
        statement=row.statement,
        criteria=tuple(row.criteria),
        group=row.lane,
        duty=tuple(row.duty),
        frequency=row.frequency,
        typical_exception=row.typical_exception,
        checks=tuple(row.checks),
        manual=tuple(part["id"] for part in row.manual),
        owner_id=owner_id,
        written=row.control.origin == "own",
        version=row.version,
        definition_changed_at=row.effective_at,
    )
