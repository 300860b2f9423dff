"""Loads the catalog's files once per process, and refuses to start with a file that contradicts itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from compliance.catalog.types import CheckStatement, Criterion, HowAndWhy, LibraryControl, ManualPart, StreamStatement
from compliance.timeline.types import Duty

DATA = Path(__file__).parent / "data"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

T = TypeVar("T")


class CatalogError(ValueError):
    """The catalog's files contradict each other; the message lists every contradiction."""


@cache
def controls() -> Mapping[str, LibraryControl]:
    """All controls of the library by key, in the library's order. Raises CatalogError."""
    return _by(_rows("controls", "controls", _control), lambda c: c.key)


@cache
def criteria() -> Mapping[str, Criterion]:
    """All criteria by id, in the framework's order. Raises CatalogError."""
    return _by(_rows("criteria", "criteria", _criterion), lambda c: c.id)


@cache
def checks() -> Mapping[str, CheckStatement]:
    """All checks by id, implemented or not. Raises CatalogError."""
    return _by(_rows("checks", "checks", _check), lambda c: c.id)


@cache
def streams() -> Mapping[str, StreamStatement]:
    """All streams by key. Raises CatalogError."""
    return _by(_rows("streams", "streams", _stream), lambda s: s.key)


@cache
def how_and_why() -> Mapping[str, HowAndWhy]:
    """Texts for implemented checks, by check id."""
    rows: Mapping[str, Mapping[str, str]] = _document("how_and_why")["checks"]
    return {key: HowAndWhy(how=row["how"], why=row["why"]) for key, row in rows.items()}


@cache
def manual_parts() -> Mapping[str, ManualPart]:
    """All manual parts of the library by id (AC-03.1)."""
    return {part.id: part for control in controls().values() for part in control.manual}


def validate() -> None:
    """Raises CatalogError naming every dangling reference between the files."""
    wrong = [
        *_dangling("control", "criterion", ((c.key, c.criteria) for c in controls().values()), criteria()),
        *_dangling("control", "check", ((c.key, c.checks + c.required_checks) for c in controls().values()), checks()),
        *_dangling("control", "manual part", ((c.key, c.required_manual) for c in controls().values()), manual_parts()),
        *_dangling("check", "control", ((c.id, c.controls) for c in checks().values()), controls()),
        *_dangling("check", "criterion", ((c.id, c.criteria) for c in checks().values()), criteria()),
        *_dangling("stream", "check", ((s.key, s.checks) for s in streams().values()), checks()),
        *(f"control {c.key} requires no part" for c in controls().values() if not c.parts),
        *(f"check {c.id} has no rule for {o}" for c in checks().values() for o in c.outcomes if not c.rule.get(o)),
    ]
    if wrong:
        raise CatalogError("; ".join(wrong))


def _dangling(
    what: str,
    target: str,
    rows: Iterable[tuple[str, Iterable[str]]],
    known: Mapping[str, object],
) -> list[str]:
    return [
        f"{what} {key} names {target} {name}, which does not exist"
        for key, names in rows
        for name in names
        if name not in known
    ]


def _document(name: str) -> Any:
    with (DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_Loader)  # noqa: S506 - a safe loader, the C one where it exists


def _rows(name: str, key: str, make: Callable[[Mapping[str, Any]], T]) -> list[T]:
    made, wrong = [], []
    for row in _document(name)[key]:
        try:
            made.append(make(row))
        except (KeyError, TypeError, ValueError) as error:
            wrong.append(f"{name} {row.get('key') or row.get('id')}: {error!r}")
    if wrong:
        raise CatalogError("; ".join(wrong))
    return made


def _by(rows: list[T], key: Callable[[T], str]) -> Mapping[str, T]:
    found = {key(row): row for row in rows}
    if len(found) != len(rows):
        raise CatalogError("a key is used twice")
    return found


def _control(row: Mapping[str, Any]) -> LibraryControl:
    manual = tuple(ManualPart(**part) for part in row["manual_evidence"] or ())
    return LibraryControl(
        key=row["key"],
        title=row["title"],
        statement=row["statement"],
        tier=row["tier"],
        applies_when=row["applies_when"],
        criteria=tuple(row["criteria"]),
        categories=tuple(row["categories"]),
        owner_role=row["owner_role"],
        frequency=row["frequency"],
        duty=tuple(Duty(d) for d in row["duty"]),
        kind=row["kind"],
        checks=tuple(row["checks"] or ()),
        manual=manual,
        required_checks=tuple(row["requires"]["checks"] or ()),
        required_manual=tuple(row["requires"]["manual"] or ()),
        population=row["population"],
        typical_exception=row["typical_exception"],
        lane=row["risk"]["lane"],
        order=row["risk"]["order"],
    )


def _criterion(row: Mapping[str, Any]) -> Criterion:
    return Criterion(
        id=row["id"],
        category=row["category"],
        series=row["series"],
        title=row["title"],
        crosswalk={framework: tuple(ids) for framework, ids in row["crosswalk"].items()},
    )


def _check(row: Mapping[str, Any]) -> CheckStatement:
    return CheckStatement(
        id=row["id"],
        title=row["title"],
        source=row["source"],
        tier=row["tier"],
        severity=row["severity"],
        scope=row["scope"],
        resource_type=row["resource_type"],
        duty=Duty(row["duty"]),
        remediation_days=row.get("remediation_days"),
        controls=tuple(row["controls"]),
        criteria=tuple(row["criteria"]),
        permissions=tuple(row["permissions"] or ()),
        parameters=dict(row["parameters"] or {}),
        rule=dict(row["rule"]),
        outcomes=tuple(row["outcomes"]),
        remediation=row["remediation"],
        needs=tuple(row.get("needs") or ()),
    )


def _stream(row: Mapping[str, Any]) -> StreamStatement:
    return StreamStatement(
        key=row["key"],
        source=row["source"],
        name=row["name"],
        kind=row["kind"],
        pull_every_hours=row["pull_every_hours"],
        stale_after_hours=row["stale_after_hours"],
        completeness=row["completeness"],
        checks=tuple(row["checks"] or ()),
    )
