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


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionRow:
    """One version of a control's definition as the ledger holds it; ``manual`` as {id, document, cadence}."""

    control_id: UUID
    key: str
    origin: str
    version: int
    effective_at: datetime
    title: str
    statement: str
    criteria: list[str]
    lane: str
    duty: list[str]
    frequency: str
    typical_exception: str
    checks: list[str]
    manual: list[dict[str, str]]


_NAMES = tuple(DefinitionRow.__dataclass_fields__)
_COLUMNS = tuple({"key": "control__key", "origin": "control__origin"}.get(name, name) for name in _NAMES)


def definitions(keys: Sequence[str] | None = None) -> tuple[DefinitionRow, ...]:
    """All versions of all controls in scope, or of those with ``keys``, by key and version. One query: a page reads
    them once and hands them to `adopted_controls` and `window_timelines`."""
    rows = ControlVersion.objects.order_by("control__key", "version")
    if keys is not None:
        rows = rows.filter(control__key__in=list(keys))
    return tuple(DefinitionRow(**dict(zip(_NAMES, row, strict=True))) for row in rows.values_list(*_COLUMNS))


def adopted_controls(
    given: Sequence[DefinitionRow] | None = None, *, owners: bool = True
) -> tuple[AdoptedControl, ...]:
    """All controls in scope by key, each with its newest definition and, unless ``owners`` is False, its owner. Two
    queries at any number; one less for each of ``given`` (what `definitions` read) and ``owners=False``."""
    newest = {row.key: row for row in (definitions() if given is None else given)}
    held = _owners() if owners else {}
    return tuple(_view(row, held.get(row.control_id)) for _key, row in sorted(newest.items()))


def _owners() -> dict[UUID, UUID]:
    rows = ControlOwner.objects.order_by("control_id", "-since", "-id").distinct("control_id")
    return dict(rows.values_list("control_id", "member_id"))


def library_controls() -> tuple[LibraryControl, ...]:
    """Controls of the library that are not adopted, in the library's order. One query."""
    present = set(Control.objects.values_list("key", flat=True))
    return tuple(control for key, control in load.controls().items() if key not in present)


def _view(row: DefinitionRow, owner_id: UUID | None) -> AdoptedControl:
    return AdoptedControl(
        id=row.control_id,
        key=row.key,
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
        written=row.origin == "own",
        version=row.version,
        definition_changed_at=row.effective_at,
    )
