"""Periodic and timed duties over the window. Pure.

Periodic: due from opening, at risk seven calendar days before the date, a candidate when the date passes; performed late
is late. Timed: at risk from the start of the duty until its limit, a candidate from the limit; no second grace on top.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from compliance.timeline.inputs import OccurrenceRow, PartSpec, TimedItem
from compliance.timeline.pieces import Piece, join
from compliance.timeline.spoken import spoken
from compliance.timeline.types import SEVERITY, Cause, Interval, PartTimeline, State
from compliance.timeline.window import Window

Spell = tuple[datetime, datetime, State, Cause]


def periodic_part(
    part: PartSpec, window: Window, until: datetime, occurrences: Iterable[OccurrenceRow]
) -> PartTimeline:
    """Timeline of a periodic part. A performance after ``until`` has not happened yet."""
    rows = sorted(occurrences, key=lambda row: row.due_at)
    done = [row.performed_at for row in rows if row.performed_at and row.performed_at < until]
    spells = [spell for row in rows for spell in _spells(part, row, window, until)]
    planned = sum(row.due_at <= until for row in rows)
    return PartTimeline(
        id=part.id,
        title=part.title,
        kind=part.kind,
        duty=part.duty,
        collected=True,
        missing_reason="",
        intervals=_overlay(spells, window.start, until, done=done, quiet=State.NOT_SCHEDULED),
        coverage_done=len(done),
        coverage_planned=max(planned, len(done)),
        last_run_at=max(done, default=None),
    )


def timed_intervals(items: Iterable[TimedItem], window: Window, until: datetime) -> tuple[Interval, ...]:
    """Intervals of a timed duty whose population was completely read; operating where nothing is open."""
    spells: list[Spell] = []
    for item in items:
        closed = item.closed_at if item.closed_at and item.closed_at < until else until
        cause = Cause(
            check_id=item.check_id,
            resource_key=item.resource_key,
            reason=item.reason,
            seal=item.seal,
            due_at=item.limit_at,
        )
        spells += [
            (item.arose_at, min(item.limit_at, closed), State.AT_RISK, cause),
            (item.limit_at, closed, State.EXCEPTION, cause),
        ]
    return _overlay(spells, window.start, until, done=[], quiet=State.OPERATING)


def _spells(part: PartSpec, row: OccurrenceRow, window: Window, until: datetime) -> list[Spell]:
    end = row.performed_at if row.performed_at and row.performed_at < until else until

    def cause(words: str) -> Cause:
        reason = f"{part.title}: {words} {spoken(row.due_at, window.tz)}"
        return Cause(check_id=part.id, resource_key="", reason=reason, seal=row.seal, due_at=row.due_at)

    return [
        (row.opens_at, min(row.at_risk_at, end), State.DUE, cause("due by")),
        (max(row.opens_at, row.at_risk_at), min(row.due_at, end), State.AT_RISK, cause("due by")),
        (row.due_at, end, State.EXCEPTION, cause("was not performed by")),
    ]


def _overlay(
    spells: list[Spell], start: datetime, until: datetime, *, done: list[datetime], quiet: State
) -> tuple[Interval, ...]:
    """The worst open spell at each moment. While none is open: operating once something was performed, else ``quiet``."""
    first_done = min(done, default=None)
    spells = [spell for spell in spells if spell[0] < spell[1]]
    bounds = {start, until} | ({first_done} if first_done else set())
    bounds |= {moment for spell in spells for moment in spell[:2]}
    inside = sorted(moment for moment in bounds if start <= moment <= until)
    return join(_piece(spells, a, b, first_done, quiet) for a, b in pairwise(inside))


def _piece(spells: list[Spell], a: datetime, b: datetime, first_done: datetime | None, quiet: State) -> Piece:
    performed = first_done is not None and a >= first_done
    open_now = [spell for spell in spells if spell[0] <= a < spell[1]]
    if not open_now:
        state = State.OPERATING if performed else quiet
        return Piece(a, b, state, int(performed or quiet is State.OPERATING), "", "")
    state = max((spell[2] for spell in open_now), key=SEVERITY.__getitem__)
    causes = [spell[3] for spell in open_now if spell[2] is state]
    return Piece(a, b, state, int(performed or quiet is State.OPERATING), causes[0].reason, causes[0].reason, causes)
