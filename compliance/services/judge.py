"""Judges what a pull changed: outcomes, flips and events, in the pull's own transaction.

Evaluates by content: an unchanged fact under an unchanged check with unchanged parameters is not evaluated again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q

from compliance.checks import registry
from compliance.checks.types import Context, Fact, Outcome, Register
from compliance.models import CurrentOutcome
from compliance.services.force import forces
from compliance.services.registers import kept_registers
from compliance.services.steps import Step, gone, steps
from compliance.services.types import Force, Judged, Standing
from compliance.services.write_outcomes import (
    EventAnswer,
    Line,
    StepsByLine,
    write_events,
    write_outcomes,
    write_starts,
)
from inventory import selectors as inventory
from inventory.types import Changes, FactRef


def judge(changes: Changes) -> Judged:
    """Bound, in the pull's finalising transaction, after `inventory.record_pull`.

    Guarantees: one flip per change of outcome, citing the seal and every version; a partial reading flips to fail or
    unknown only; a pass that ran out before this reading is judged at the moment it ran out; the number of queries
    does not depend on the number of facts (per ten thousand); nothing changed, nothing written.
    """
    checks = registry.for_stream(changes.stream)
    if not checks:
        return Judged(rejudge_at=_next_lapse(changes.connection_id, changes.observed_at))
    work = _Work(changes=changes, forces=forces(changes.connection_id, checks))
    work.gather()
    work.evaluate()
    outcomes, flips = write_outcomes(changes, work.forces, work.standing, work.found)
    events = write_events(changes, work.forces, work.events)
    if changes.complete:
        write_starts(changes, work.forces)
    return Judged(
        outcomes=outcomes,
        flips=flips,
        events=events,
        rejudge_at=_next_lapse(changes.connection_id, changes.observed_at),
    )


def rejudge(*, connection_id: UUID, at: datetime) -> Judged:
    """What lapsed by ``at``: the streams to read again now, and the next lapse after it. Writes nothing, because the
    facts at hand cannot say what happened since they were read; until the next complete pull, the time since the lapse
    is not observed (computed at read)."""
    lapsed = (
        CurrentOutcome.objects.filter(connection_id=connection_id, valid_until__lte=at)
        .values_list("check_id", flat=True)
        .distinct()
    )
    streams = {
        stream for check_id in lapsed if check_id in registry.CHECKS for stream in registry.CHECKS[check_id].streams
    }
    return Judged(rejudge_at=_next_lapse(connection_id, at), read_again=tuple(sorted(streams)))


def _next_lapse(connection_id: UUID, at: datetime) -> datetime | None:
    rows = CurrentOutcome.objects.filter(connection_id=connection_id, valid_until__gt=at)
    found: datetime | None = rows.aggregate(at=Min("valid_until"))["at"]
    return found


@dataclass(slots=True)
class _Work:
    """One judging: what has to be evaluated, and what came of it."""

    changes: Changes
    forces: Mapping[str, Force]
    standing: dict[Line, Standing] = field(default_factory=dict)
    facts: dict[UUID, FactRef] = field(default_factory=dict)
    whole: tuple[FactRef, ...] = ()
    registers: Mapping[str, Register] = field(default_factory=dict)
    found: StepsByLine = field(default_factory=dict)
    events: list[EventAnswer] = field(default_factory=list)

    def gather(self) -> None:
        """Everything the evaluation needs, in a constant number of queries."""
        changes, everything = self.changes, self._everything()
        rows = CurrentOutcome.objects.filter(connection_id=changes.connection_id, check_id__in=self.forces)
        if not everything:
            keys = {fact.key for fact in changes.changed + changes.gone}
            rows = rows.filter(Q(resource_key__in=keys) | Q(valid_until__lte=changes.observed_at))
        for row in rows:
            self.standing[row.check_id, row.resource_key] = Standing(
                id=row.id,
                outcome=row.outcome,
                reason=row.reason,
                seal=row.seal,
                fact_id=row.fact_id,
                flip_id=row.flip_id,
                since=row.since,
                failing_since=row.failing_since,
                valid_until=row.valid_until,
            )
        if everything:
            self.whole = inventory.current_facts(connection_id=changes.connection_id, stream=changes.stream)
        judged_on = {
            s.fact_id for s in self.standing.values() if s.valid_until and s.valid_until <= changes.observed_at
        }
        if judged_on:
            self.facts = {fact.id: fact for fact in inventory.facts(sorted(judged_on))}
        if self.whole or changes.changed or self.facts:
            self.registers = kept_registers()

    def _everything(self) -> bool:
        """A complete reading after an incomplete one, or under a new version, judges the whole population."""
        return self.changes.complete and (self.changes.catch_up or any(force.starts for force in self.forces.values()))

    def evaluate(self) -> None:
        """Fills ``found`` and ``events``."""
        for check_id, force in self.forces.items():
            for fact in self._population(check_id):
                if fact.kind == force.check.kind and force.check.applies(_fact(fact)):
                    self._evaluate(check_id, force, fact)
            for fact in self.changes.gone:
                before = self.standing.get((check_id, fact.key))
                if before is not None and fact.kind == force.check.kind:
                    self.found[check_id, fact.key] = (fact.kind, (gone(before, fact, self.changes.observed_at),))

    def _population(self, check_id: str) -> Iterable[FactRef]:
        if self.whole:
            return self.whole
        changed = {fact.key for fact in self.changes.changed}
        lapsed = (
            [
                self.facts[s.fact_id]
                for (check, key), s in self.standing.items()
                if check == check_id and key not in changed and s.fact_id in self.facts
            ]
            if self.changes.complete
            else []
        )
        gone_keys = {fact.key for fact in self.changes.gone}
        return [*self.changes.changed, *(fact for fact in lapsed if fact.key not in gone_keys)]

    def _evaluate(self, check_id: str, force: Force, fact: FactRef) -> None:
        answers: list[Outcome] = []

        def evaluate(given: FactRef, at: datetime) -> Outcome:
            ctx = Context(at=at, parameters=force.parameters, registers=self.registers)
            answers.append(registry.evaluate(force.check, _fact(given), ctx))
            return answers[-1]

        before = self.standing.get((check_id, fact.key))
        old = self.facts.get(before.fact_id) if before else None
        found: tuple[Step, ...] = steps(
            before, fact, old, evaluate, at=self.changes.observed_at, complete=self.changes.complete
        )
        if found:
            self.found[check_id, fact.key] = (fact.kind, found)
        self.events += [EventAnswer(check_id=check_id, fact=fact, event=event) for event in answers[0].events]


def _fact(ref: FactRef) -> Fact:
    return Fact(kind=ref.kind, key=ref.key, payload=ref.payload, observed_at=ref.observed_at)
