"""From an answer to the rows that record it. Pure: what stood before, what was answered, when. No database.

A partial reading may flip to fail or unknown, never to pass: whatever else it says waits for a complete one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.checks.reading import named, said
from compliance.checks.types import Fact, Outcome
from compliance.services.types import Standing
from inventory.types import FactRef

Evaluate = Callable[[FactRef, datetime], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The answer for one resource from ``at`` on. ``flips``: the outcome differs from what stood before."""

    at: datetime
    outcome: str
    reason: str
    seal: int
    fact_id: UUID
    before: str
    failing_since: datetime | None
    valid_until: datetime | None
    flips: bool


def steps(
    before: Standing | None,
    fact: FactRef,
    old: FactRef | None,
    evaluate: Evaluate,
    *,
    at: datetime,
    complete: bool,
) -> tuple[Step, ...]:
    """The steps that lead from ``before`` to the answer at ``at``; the last one is what stands. Empty when a partial
    reading may not say it. ``old``: the fact that ``before`` was judged on, if it may have lapsed."""
    answers: list[tuple[datetime, Outcome, FactRef]] = []
    lapsed_at = before.valid_until if before is not None and before.valid_until and before.valid_until <= at else None
    answer = evaluate(fact, at)
    if lapsed_at is not None and complete:
        answers += _at_lapse(lapsed_at, at, fact, old, evaluate)
    answers.append((at, answer, fact))
    if not complete and answer.outcome not in ("fail", "unknown"):
        return ()
    return tuple(_chain(before, answers))


def gone(before: Standing, fact: FactRef, at: datetime) -> Step:
    """The resource is no longer in a complete population."""
    return Step(
        at=at,
        outcome="gone",
        reason=f"{_short(fact)} is no longer listed",
        seal=fact.seal,
        fact_id=fact.id,
        before=before.outcome,
        failing_since=None,
        valid_until=None,
        flips=True,
    )


def _at_lapse(
    lapsed_at: datetime,
    at: datetime,
    fact: FactRef,
    old: FactRef | None,
    evaluate: Evaluate,
) -> Iterator[tuple[datetime, Outcome, FactRef]]:
    """What was true from the moment a pass ran out until this reading.

    Still failing by the new fact: failed from the lapse. Mended before it (``valid_from``): nothing happened. Mended
    between: failed from the lapse until then, by the old fact. Changed at a time that nothing tells: not known.
    """
    then = evaluate(fact, lapsed_at)
    if then.outcome == "fail":
        yield lapsed_at, then, fact
        return
    mended = then.valid_from
    if old is None or old.id == fact.id or (mended is not None and mended <= lapsed_at):
        return
    if mended is not None and mended <= at:
        yield lapsed_at, evaluate(old, lapsed_at), old
        yield mended, then, fact
        return
    reason = f"{_short(fact)}: its pass ended on {said(lapsed_at)}, and it was not read again before it changed"
    yield lapsed_at, Outcome(outcome="unknown", reason=reason), old


def _short(ref: FactRef) -> str:
    return named(Fact(kind=ref.kind, key=ref.key, payload=ref.payload, observed_at=ref.observed_at))


def _chain(before: Standing | None, answers: list[tuple[datetime, Outcome, FactRef]]) -> Iterator[Step]:
    was = before.outcome if before else ""
    failing_since = before.failing_since if before else None
    for at, answer, fact in answers:
        failing_since = _failing_since(answer.outcome, failing_since, at)
        yield Step(
            at=at,
            outcome=answer.outcome,
            reason=answer.reason,
            seal=fact.seal,
            fact_id=fact.id,
            before=was,
            failing_since=failing_since,
            valid_until=answer.valid_until,
            flips=answer.outcome != was,
        )
        was = answer.outcome


def _failing_since(outcome: str, before: datetime | None, at: datetime) -> datetime | None:
    """A failure begins with a fail and is carried on by an unknown; only new data that says otherwise ends it."""
    if outcome == "fail":
        return before or at
    return before if outcome == "unknown" else None
