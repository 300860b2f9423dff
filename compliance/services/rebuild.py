"""Rebuilds the projection of outcomes from the ledgers: flips, fact versions, coverage and the checks themselves.

A flip says what the outcome is; the newest fact that gives the same outcome says why, with which seal and how long. A fact
that only a partial reading brought counts for a fail or an unknown, and for anything else once a complete reading followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.catalog import load
from compliance.checks import registry
from compliance.checks.types import Context, Fact, Outcome
from compliance.models import CheckInForce, CurrentOutcome, Flip
from inventory import selectors as inventory
from inventory.services import rebuild_current_facts
from inventory.types import FactRef
from organizations.gate.unnest import insert_rows

Line = tuple[str, UUID, str]  # check, connection, resource
_SAID = ("outcome", "reason", "seal", "fact_id", "flip_id", "since", "failing_since", "valid_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How many rows the projections hold, and the resources that differed before the rebuild."""

    facts: int
    outcomes: int
    differences: tuple[str, ...]


def rebuild() -> Rebuilt:
    """Bound. Replaces the projections of inventory and compliance by what the ledgers say; running it again shows no
    difference. Raises `scope.Unbound`."""
    facts, differing = rebuild_current_facts()
    outcomes, differing_outcomes = rebuild_outcomes()
    return Rebuilt(facts=facts, outcomes=outcomes, differences=differing + differing_outcomes)


def rebuild_outcomes() -> tuple[int, tuple[str, ...]]:
    """Bound. Returns the projection's size and the (check, resource) pairs that differed. Six queries."""
    newest = Flip.objects.order_by("check_id", "connection_id", "resource_key", "-observed_at", "-id")
    flips = [row for row in newest.distinct("check_id", "connection_id", "resource_key") if row.outcome != "gone"]
    parameters = _parameters()
    versions = inventory.versions_since(fact_ids=[row.fact_id for row in flips])
    whole = inventory.last_complete()
    right = {_line(row): _row(row, versions.get(row.fact_id, ()), whole, parameters) for row in flips}
    present = {_line(row): tuple(getattr(row, name) for name in _SAID) for row in CurrentOutcome.objects.all()}
    said = {line: tuple(row[name] for name in _SAID) for line, row in right.items()}
    differing = sorted(
        f"{line[0]} {line[2]}" for line in said.keys() | present.keys() if said.get(line) != present.get(line)
    )
    if differing:
        CurrentOutcome.objects.all().delete()
        insert_rows(CurrentOutcome, list(right.values()))
    return len(right), tuple(differing)


def _parameters() -> dict[tuple[str, UUID], Mapping[str, Any]]:
    rows = CheckInForce.objects.order_by("check_id", "connection_id", "-observed_at", "-id").distinct(
        "check_id", "connection_id"
    )
    return {(row.check_id, row.connection_id): row.parameters for row in rows}


def _line(row: Any) -> Line:
    return row.check_id, row.connection_id, row.resource_key


def _row(
    flip: Flip,
    versions: tuple[FactRef, ...],
    whole: Mapping[tuple[UUID, str], datetime],
    parameters: Mapping[tuple[str, UUID], Mapping[str, Any]],
) -> dict[str, Any]:
    row = {
        "check_id": flip.check_id, "connection_id": flip.connection_id, "resource_kind": flip.resource_kind,
        "resource_key": flip.resource_key, "outcome": flip.outcome, "reason": flip.reason, "seal": flip.seal,
        "fact_id": flip.fact_id, "flip_id": flip.id, "since": flip.observed_at, "failing_since": flip.failing_since,
        "valid_until": None,
    }  # fmt: skip
    if flip.check_id not in registry.CHECKS:
        return row
    given = parameters.get((flip.check_id, flip.connection_id), load.checks()[flip.check_id].parameters)
    for version in versions:
        settled = whole.get((version.connection_id, version.stream))
        counts = flip.outcome in ("fail", "unknown") or (settled is not None and settled >= version.observed_at)
        answer = _answer(flip, version, given)
        if counts and version.present and answer.outcome == flip.outcome:
            row |= {
                "reason": answer.reason,
                "seal": version.seal,
                "fact_id": version.id,
                "valid_until": answer.valid_until,
            }
    return row


def _answer(flip: Flip, version: FactRef, parameters: Mapping[str, Any]) -> Outcome:
    at = flip.observed_at if version.id == flip.fact_id else version.observed_at
    fact = Fact(kind=version.kind, key=version.key, payload=version.payload, observed_at=version.observed_at)
    return registry.evaluate(registry.CHECKS[flip.check_id], fact, Context(at=at, parameters=parameters))
