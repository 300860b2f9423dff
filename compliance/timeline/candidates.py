"""Exception candidates of one part over the window, and their joining per control. Pure.

Continuous: from the first failing minute until new data clears it. Event: a dated point. Periodic: from the passed date.
Timed: from the limit. A candidate stays in the window after it ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from compliance.timeline.inputs import EventRow, FlipRow, OccurrenceRow, PartSpec, TimedItem
from compliance.timeline.spoken import spoken
from compliance.timeline.types import Candidate, Cause
from compliance.timeline.window import Window


def failing_spells(part: PartSpec, flips: Iterable[FlipRow], window: Window, until: datetime) -> list[Candidate]:
    """One candidate per (resource, failing spell) that touches the window."""
    lines: dict[tuple[UUID, str], list[FlipRow]] = defaultdict(list)
    for flip in sorted(flips, key=lambda f: (f.observed_at, f.id)):
        if flip.observed_at < until:
            lines[flip.connection_id, flip.resource_key].append(flip)
    return [c for line in lines.values() for c in _spells(part, line, window)]


def _spells(part: PartSpec, line: list[FlipRow], window: Window) -> list[Candidate]:
    found: list[Candidate] = []
    lasting: FlipRow | None = None
    for flip in line:
        if flip.outcome == "fail" or (flip.outcome == "unknown" and flip.failing_since):
            lasting = lasting or flip
        elif flip.outcome != "unknown" and lasting is not None:
            found += _candidate(part, lasting, flip.observed_at, window)
            lasting = None
    return found + (_candidate(part, lasting, None, window) if lasting else [])


def _candidate(part: PartSpec, flip: FlipRow, until: datetime | None, window: Window) -> list[Candidate]:
    if until is not None and until <= window.start:
        return []
    began = flip.failing_since or flip.observed_at
    due = began + timedelta(days=part.remediation_days) if part.remediation_days is not None else None
    cause = Cause(check_id=part.id, resource_key=flip.resource_key, reason=flip.reason, flip_id=flip.id, seal=flip.seal)
    return [
        Candidate(
            control_key="",
            check_id=part.id,
            resource_key=flip.resource_key,
            kind="interval",
            began_at=began,
            from_at=max(began, window.start),
            until=until,
            reason=flip.reason,
            seal=flip.seal,
            flip_id=flip.id,
            remediation_due_at=due,
            causes=(cause,),
        )
    ]


def failing_events(part: PartSpec, events: Iterable[EventRow], window: Window, until: datetime) -> list[Candidate]:
    """One dated point per failing event inside the window."""
    return [
        Candidate(
            control_key="",
            check_id=part.id,
            resource_key=event.resource_key,
            kind="event",
            began_at=event.occurred_at,
            from_at=event.occurred_at,
            until=event.occurred_at,
            reason=event.reason,
            seal=event.seal,
            causes=(Cause(check_id=part.id, resource_key=event.resource_key, reason=event.reason, seal=event.seal),),
        )
        for event in events
        if event.outcome == "fail" and window.start <= event.occurred_at < until
    ]


def passed_dates(part: PartSpec, rows: Iterable[OccurrenceRow], window: Window, until: datetime) -> list[Candidate]:
    """Occurrences whose date passed without them; performed later is late, and stays."""
    found = []
    for row in rows:
        performed = row.performed_at if row.performed_at and row.performed_at < until else None
        if row.due_at >= until or (performed is not None and performed <= row.due_at):
            continue
        words = "was performed late, after" if performed else "was not performed by"
        reason = f"{part.title}: {words} {spoken(row.due_at, window.tz)}"
        found += _spell(
            window, row.due_at, performed, Cause(check_id=part.id, resource_key="", reason=reason, seal=row.seal)
        )
    return found


def passed_limits(items: Iterable[TimedItem], window: Window, until: datetime) -> list[Candidate]:
    """Items of a timed duty that were open at their limit."""
    found = []
    for item in items:
        closed = item.closed_at if item.closed_at and item.closed_at < until else None
        if item.limit_at < until and (closed is None or closed > item.limit_at):
            cause = Cause(check_id=item.check_id, resource_key=item.resource_key, reason=item.reason, seal=item.seal)
            found += _spell(window, item.limit_at, closed, cause)
    return found


def _spell(window: Window, began: datetime, until: datetime | None, cause: Cause) -> list[Candidate]:
    if until is not None and until <= window.start:
        return []
    return [
        Candidate(
            control_key="",
            check_id=cause.check_id,
            resource_key=cause.resource_key,
            kind="interval",
            began_at=began,
            from_at=max(began, window.start),
            until=until,
            reason=cause.reason,
            seal=cause.seal,
            causes=(cause,),
        )
    ]


def named(key: str, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The same candidates under a control's key. Built directly: there can be hundreds for each of a thousand controls."""
    return tuple(
        Candidate(
            control_key=key,
            check_id=c.check_id,
            resource_key=c.resource_key,
            kind=c.kind,
            began_at=c.began_at,
            from_at=c.from_at,
            until=c.until,
            reason=c.reason,
            seal=c.seal,
            flip_id=c.flip_id,
            remediation_due_at=c.remediation_due_at,
            causes=c.causes,
        )
        for c in candidates
    )


def joined(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """A control's candidates by time. Several checks failing on the same item at the same time are one candidate
    with several causes (checks.yaml rule 10); points stay points."""
    found: list[Candidate] = []
    last: dict[str, int] = {}
    for mine in sorted(candidates, key=lambda c: (c.from_at, c.check_id, c.resource_key)):
        place = last.get(mine.resource_key) if mine.kind == "interval" and mine.resource_key else None
        if place is not None and _touch(found[place], mine):
            found[place] = _merge(found[place], mine)
            continue
        if mine.kind == "interval":
            last[mine.resource_key] = len(found)
        found.append(mine)
    return tuple(found)


def _touch(a: Candidate, b: Candidate) -> bool:
    return b.check_id not in {cause.check_id for cause in a.causes} and (a.until is None or b.from_at < a.until)


def _merge(a: Candidate, b: Candidate) -> Candidate:
    until = None if a.until is None or b.until is None else max(a.until, b.until)
    due = min(filter(None, (a.remediation_due_at, b.remediation_due_at)), default=None)
    return replace(a, until=until, remediation_due_at=due, causes=a.causes + b.causes)
