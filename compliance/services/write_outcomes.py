"""Writes what a judging found, in bulk: flips and events (ledgers), outcomes (projection), versions that began to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.checks.types import JudgedEvent
from compliance.models import CheckInForce, CurrentOutcome, Event, Flip
from compliance.services.force import SCOPE_VERSION, control_versions
from compliance.services.steps import Step
from compliance.services.types import Force, Standing
from inventory.types import Changes, FactRef
from organizations.gate.identifiers import uuid7
from organizations.gate.unnest import insert_rows

Line = tuple[str, str]  # check, resource
StepsByLine = dict[Line, tuple[str, tuple[Step, ...]]]  # with the resource's kind


@dataclass(frozen=True, slots=True, kw_only=True)
class EventAnswer:
    """One event that a check named when it judged ``fact``."""

    check_id: str
    fact: FactRef
    event: JudgedEvent


def write_outcomes(
    changes: Changes,
    forces: Mapping[str, Force],
    before: Mapping[Line, Standing],
    found: StepsByLine,
) -> tuple[int, int]:
    """Flips where the outcome changed, and the rows of the projection that differ. Returns (outcome rows, flips) written."""
    flips: list[dict[str, Any]] = []
    last: dict[Line, tuple[UUID, datetime]] = {line: (s.flip_id, s.since) for line, s in before.items()}
    for line, (kind, chain) in found.items():
        for step in chain:
            if step.flips:
                last[line] = (uuid7(), step.at)
                flips.append(_flip(changes, forces[line[0]], line, kind, step, last[line][0]))
    if flips:
        named = control_versions()
        for row in flips:
            row["control_versions"] = named.get(row["check_id"], {})
        insert_rows(Flip, flips)
    rows = [
        _outcome(changes, line, kind, chain[-1], last[line])
        for line, (kind, chain) in found.items()
        if chain[-1].outcome != "gone" and _differs(before.get(line), chain[-1])
    ]
    written = insert_rows(
        CurrentOutcome, rows, conflict=_ONE + ", ".join(f"{name} = excluded.{name}" for name in _SAID)
    )
    gone = [before[line].id for line, (_kind, chain) in found.items() if chain[-1].outcome == "gone"]
    if gone:
        CurrentOutcome.objects.filter(id__in=gone).delete()
    return written, len(flips)


def _differs(before: Standing | None, step: Step) -> bool:
    return before is None or (
        before.outcome,
        before.reason,
        before.seal,
        before.fact_id,
        before.failing_since,
        before.valid_until,
    ) != (step.outcome, step.reason, step.seal, step.fact_id, step.failing_since, step.valid_until)


def _flip(changes: Changes, force: Force, line: Line, kind: str, step: Step, id_: UUID) -> dict[str, Any]:
    return {
        "id": id_,
        "check_id": line[0],
        "check_version": force.check.version,
        "parameters_version": force.parameters_version,
        "scope_version": SCOPE_VERSION,
        "control_versions": {},
        "connection_id": changes.connection_id,
        "resource_kind": kind,
        "resource_key": line[1],
        "before": step.before,
        "outcome": step.outcome,
        "reason": step.reason,
        "seal": step.seal,
        "fact_id": step.fact_id,
        "observed_at": step.at,
        "failing_since": step.failing_since,
    }


_ONE = "(organization_id, connection_id, check_id, resource_key) do update set "
_SAID = ("outcome", "reason", "seal", "fact_id", "flip_id", "since", "failing_since", "valid_until")


def _outcome(changes: Changes, line: Line, kind: str, step: Step, flip: tuple[UUID, datetime]) -> dict[str, Any]:
    return {
        "connection_id": changes.connection_id,
        "check_id": line[0],
        "resource_kind": kind,
        "resource_key": line[1],
        "outcome": step.outcome,
        "reason": step.reason,
        "seal": step.seal,
        "fact_id": step.fact_id,
        "flip_id": flip[0],
        "since": flip[1],
        "failing_since": step.failing_since,
        "valid_until": step.valid_until,
    }


def write_events(changes: Changes, forces: Mapping[str, Force], answers: Sequence[EventAnswer]) -> int:
    """Events that are not recorded yet, and a further revision where an event is answered differently than before."""
    if not answers:
        return 0
    recorded: dict[tuple[str, str, Any], Event] = {}
    rows = Event.objects.filter(
        connection_id=changes.connection_id,
        check_id__in={a.check_id for a in answers},
        resource_key__in={a.fact.key for a in answers},
    )
    for row in rows.order_by("revision"):
        recorded[row.check_id, row.resource_key, row.occurred_at] = row
    named = control_versions()
    new = []
    for answer in answers:
        before = recorded.get((answer.check_id, answer.fact.key, answer.event.occurred_at))
        if before is None or before.outcome != answer.event.outcome:
            new.append(_event(changes, forces[answer.check_id], answer, before.revision + 1 if before else 1, named))
    return insert_rows(Event, new)


def _event(
    changes: Changes, force: Force, answer: EventAnswer, revision: int, named: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "check_id": answer.check_id,
        "check_version": force.check.version,
        "parameters_version": force.parameters_version,
        "scope_version": SCOPE_VERSION,
        "control_versions": named.get(answer.check_id, {}),
        "connection_id": changes.connection_id,
        "resource_kind": answer.fact.kind,
        "resource_key": answer.fact.key,
        "occurred_at": answer.event.occurred_at,
        "revision": revision,
        "outcome": answer.event.outcome,
        "reason": answer.event.reason,
        "seal": answer.fact.seal,
        "fact_id": answer.fact.id,
        "observed_at": changes.observed_at,
    }


def write_starts(changes: Changes, forces: Mapping[str, Force]) -> int:
    """Checks that judge this connection for the first time with this version and these parameters."""
    return insert_rows(CheckInForce, [
        {"check_id": check_id, "connection_id": changes.connection_id, "check_version": force.check.version,
         "parameters_version": force.parameters_version, "parameters": dict(force.parameters), "observed_at": changes.observed_at}
        for check_id, force in forces.items() if force.starts
    ])  # fmt: skip
