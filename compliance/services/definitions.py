"""What a control states and requires, checked against the catalog, as the columns of a version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compliance.catalog import load
from compliance.catalog.types import LibraryControl, ManualPart
from compliance.errors import InvalidDefinition, UnknownPart
from compliance.timeline.types import Duty

DUTIES = tuple(duty.value for duty in Duty)
FREQUENCIES = ("continuous", "daily", "weekly", "monthly", "quarterly", "annual", "per_event")


def from_library(control: LibraryControl) -> dict[str, Any]:
    """The definition of a library control."""
    return {
        "title": control.title,
        "statement": control.statement,
        "criteria": list(control.criteria),
        "lane": control.lane,
        "duty": [duty.value for duty in control.duty],
        "frequency": control.frequency,
        "typical_exception": control.typical_exception,
        "checks": list(control.required_checks),
        "manual": _manual([part for part in control.manual if part.id in control.required_manual]),
    }


def own_definition(
    *,
    title: str,
    statement: str,
    checks: Sequence[str],
    manual: Sequence[str],
    criteria: Sequence[str],
    duty: Sequence[str],
    frequency: str,
) -> dict[str, Any]:
    """The definition of a control in the organization's own words; ``duty`` defaults to the duties of its parts.

    Raises InvalidDefinition without a title, a statement or a part, and for an unknown duty or frequency; UnknownPart for
    a check, manual part or criterion that the catalog does not hold.
    """
    _says_something(title, statement, checks, manual)
    _is_known(checks, manual, criteria)
    if frequency not in FREQUENCIES or any(d not in DUTIES for d in duty):
        raise InvalidDefinition(
            "The frequency or duty is not one that a control can have.",
            what_to_do=f"Frequencies: {', '.join(FREQUENCIES)}; duties: {', '.join(DUTIES)}.",
        )
    of_parts = [load.checks()[check].duty.value for check in checks] + ([Duty.PERIODIC.value] if manual else [])
    return {
        "title": title.strip(),
        "statement": statement.strip(),
        "criteria": list(dict.fromkeys(criteria)),
        "lane": "own",
        "duty": list(dict.fromkeys(duty or of_parts)),
        "frequency": frequency,
        "typical_exception": "",
        "checks": list(dict.fromkeys(checks)),
        "manual": _manual([load.manual_parts()[part] for part in dict.fromkeys(manual)]),
    }


def _says_something(title: str, statement: str, checks: Sequence[str], manual: Sequence[str]) -> None:
    if not title.strip() or not statement.strip():
        raise InvalidDefinition(
            "A control has a title and a statement.", what_to_do="Say in one sentence what the organization does."
        )
    if not checks and not manual:
        raise InvalidDefinition(
            "A control needs at least one part.",
            what_to_do="Choose a check or a piece of manual evidence that shows it.",
        )


def _is_known(checks: Sequence[str], manual: Sequence[str], criteria: Sequence[str]) -> None:
    known = ((checks, load.checks()), (manual, load.manual_parts()), (criteria, load.criteria()))
    unknown = [name for names, held in known for name in names if name not in held]
    if unknown:
        raise UnknownPart(
            f"The catalog does not hold {', '.join(unknown)}.",
            what_to_do="Choose from the lists of checks, evidence and criteria.",
        )


def _manual(parts: Sequence[ManualPart]) -> list[dict[str, str]]:
    return [{"id": part.id, "document": part.document, "cadence": part.cadence} for part in parts]
