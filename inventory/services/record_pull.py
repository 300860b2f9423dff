"""Records one pull: a coverage row always, fact versions only where something changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from inventory.models import Coverage, CurrentFact, FactVersion
from inventory.services.compare import Difference, InForce, Line, compare, fell_too_far
from inventory.types import Changes, CoverageOutcome, FactRef, Reading
from organizations.gate.identifiers import uuid7
from organizations.gate.unnest import insert_rows


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: CoverageOutcome
    reason: str


def record_pull(reading: Reading) -> Changes:
    """Bound, in the pull's finalising transaction. Says what changed, for `compliance.judge`.

    Guarantees: exactly one coverage row; a fact version only where the content differs, citing its seal; only a
    complete reading ends a resource; a population that fell by more than 30 % is held until a second reading agrees;
    a reading older than the one before counts as partial. An unchanged reading writes the coverage row and nothing
    else. The number of queries does not depend on the number of facts (per ten thousand).
    Raises UnknownKind, DoubledFact, `scope.Unbound`.
    """
    before = _coverage_before(reading)
    in_force = _facts_in_force(reading) if reading.outcome != "failed" else {}
    verdict = _verdict(reading, before, len(in_force))
    facts = () if verdict.reason == _LATE else reading.facts
    difference = compare(facts, in_force)
    row = _write_coverage(reading, verdict)
    complete = verdict.outcome == "complete"
    changed = _write_versions(reading, difference, in_force)
    gone = _end_lives(reading, difference.gone) if complete and difference.gone else ()
    return Changes(
        connection_id=reading.connection_id,
        stream=reading.stream,
        observed_at=reading.observed_at,
        known_at=row.known_at,
        complete=complete,
        held=verdict.outcome == "held",
        catch_up=complete and before is not None and before.outcome != "complete",
        changed=changed,
        gone=gone,
        unchanged=difference.unchanged,
    )


_LATE = "Older than the reading before it"


def _coverage_before(reading: Reading) -> Coverage | None:
    rows = Coverage.objects.filter(stream=reading.stream, connection_id=reading.connection_id)
    found: Coverage | None = rows.order_by("-observed_at", "-id").first()
    return found


def _facts_in_force(reading: Reading) -> dict[Line, InForce]:
    rows = CurrentFact.objects.filter(connection_id=reading.connection_id, stream=reading.stream)
    return {
        (kind, key): InForce(version, digest)
        for kind, key, version, digest in rows.values_list("kind", "key", "version_id", "digest")
    }


def _verdict(reading: Reading, before: Coverage | None, living: int) -> _Verdict:
    if (
        reading.outcome != "failed"
        and before is not None
        and before.outcome == "complete"
        and before.observed_at > reading.observed_at
    ):
        return _Verdict("partial", _LATE)
    if reading.outcome != "complete":
        return _Verdict(reading.outcome, reading.reason)
    population = len(reading.facts)
    confirmed = before is not None and before.outcome == "held" and not fell_too_far(before.population, population)
    if fell_too_far(living, population) and not confirmed:
        return _Verdict(
            "held", f"The population fell from {living} to {population}; held until a second reading agrees"
        )
    return _Verdict("complete", reading.reason)


def _write_coverage(reading: Reading, verdict: _Verdict) -> Coverage:
    row: Coverage = Coverage.objects.create(
        connection_id=reading.connection_id,
        stream=reading.stream,
        pull_id=reading.pull_id,
        outcome=verdict.outcome,
        reason=verdict.reason,
        started_at=reading.started_at,
        observed_at=reading.observed_at,
        fresh_until=reading.observed_at + timedelta(hours=reading.stale_after_hours),
        pages=reading.pages,
        items=reading.items,
        population=len(reading.facts),
        calls=reading.calls,
        bytes_sealed=reading.bytes_sealed,
        completeness_rule=reading.completeness_rule,
        second_count=reading.second_count,
        collector_version=reading.collector_version,
        credential_identity=reading.credential_identity,
        account=reading.account,
        seals=list(reading.seals),
    )
    return row


def _write_versions(reading: Reading, difference: Difference, in_force: dict[Line, InForce]) -> tuple[FactRef, ...]:
    made = [(uuid7(), fact, digest) for fact, digest in difference.changed]
    insert_rows(
        FactVersion,
        [_version(reading, id_, fact.kind, fact.key, fact.payload, digest, fact.seal) for id_, fact, digest in made],
    )
    insert_rows(
        CurrentFact,
        [
            {
                "connection_id": reading.connection_id,
                "stream": reading.stream,
                "kind": fact.kind,
                "key": fact.key,
                "digest": digest,
                "version_id": id_,
            }
            for id_, fact, digest in made
        ],
        conflict="(organization_id, connection_id, stream, kind, key) do update set digest = excluded.digest, version_id = excluded.version_id",
    )
    return tuple(_ref(reading, id_, fact.kind, fact.key, fact.payload, fact.seal) for id_, fact, _digest in made)


def _end_lives(reading: Reading, gone: tuple[Line, ...]) -> tuple[FactRef, ...]:
    """Close the lives of resources that a complete pull no longer lists; the closing version cites its last page."""
    lines = set(gone)
    rows = CurrentFact.objects.filter(
        connection_id=reading.connection_id, stream=reading.stream, key__in=[key for _kind, key in gone]
    ).select_related("version")
    ended = [row for row in rows if (row.kind, row.key) in lines]
    seal = reading.seals[-1]
    made = [(uuid7(), row) for row in ended]
    insert_rows(
        FactVersion,
        [
            {**_version(reading, id_, row.kind, row.key, row.version.payload, row.digest, seal), "present": False}
            for id_, row in made
        ],
    )
    CurrentFact.objects.filter(id__in=[row.id for row in ended]).delete()
    return tuple(_ref(reading, id_, row.kind, row.key, row.version.payload, seal, present=False) for id_, row in made)


def _version(reading: Reading, id_: UUID, kind: str, key: str, payload: Any, digest: str, seal: int) -> dict[str, Any]:
    return {
        "id": id_,
        "connection_id": reading.connection_id,
        "stream": reading.stream,
        "kind": kind,
        "key": key,
        "present": True,
        "payload": payload,
        "digest": digest,
        "seal": seal,
        "observed_at": reading.observed_at,
    }


def _ref(reading: Reading, id_: UUID, kind: str, key: str, payload: Any, seal: int, *, present: bool = True) -> FactRef:
    return FactRef(
        id=id_,
        connection_id=reading.connection_id,
        stream=reading.stream,
        kind=kind,
        key=key,
        payload=payload,
        seal=seal,
        observed_at=reading.observed_at,
        present=present,
    )
