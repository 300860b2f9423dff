"""Weekly cells of one control's row in the heatmap, from the same intervals as everything else. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compliance.timeline.types import Candidate, ControlTimeline, Interval, PartTimeline, State, worst
from compliance.timeline.window import Week, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One week of one control. ``state`` is None for a week that has not begun.

    ``days``: calendar days (in the organization's zone) that the shown state touches in this week;
    ``events``: failing events dated in it; ``due``: a periodic part was open in it.
    """

    week: Week
    state: State | None
    days: int
    events: int
    due: bool
    reason: str


def cells(timeline: ControlTimeline, window: Window, as_of: datetime) -> tuple[Cell, ...]:
    """One cell per week of the window: the worst state met in it, with the days it touches (ux.md section 2)."""
    until = window.seen_until(as_of)
    return tuple(_cell(timeline, window, week, until) for week in window.weeks)


def _cell(timeline: ControlTimeline, window: Window, week: Week, seen_until: datetime) -> Cell:
    if week.from_at >= seen_until:
        return Cell(week=week, state=None, days=0, events=0, due=False, reason="")
    inside = [i for i in timeline.intervals if i.from_at < week.until and i.until > week.from_at]
    points = [c for c in timeline.candidates if c.kind == "event" and week.from_at <= c.from_at < week.until]
    state = worst(tuple(i.state for i in inside) + ((State.EXCEPTION,) if points else ()))
    due = _due(timeline.parts, week)
    if due and state in (State.OPERATING, State.NO_OCCURRENCE, State.NOT_SCHEDULED):
        state = State.DUE
    shown = [i for i in inside if i.state is state]
    return Cell(
        week=week,
        state=state,
        days=_days(shown, points, state, window, week),
        events=len(points),
        due=due,
        reason=shown[0].reason if shown else points[0].reason if points else "",
    )


def _days(shown: list[Interval], points: list[Candidate], state: State, window: Window, week: Week) -> int:
    spans = [(max(i.from_at, week.from_at), min(i.until, week.until)) for i in shown]
    if state is State.EXCEPTION:
        spans += [(p.from_at, p.from_at) for p in points]
    return len(frozenset().union(*(window.days_touched(start, end) for start, end in spans))) if spans else 0


def _due(parts: tuple[PartTimeline, ...], week: Week) -> bool:
    return any(
        i.state is State.DUE and i.from_at < week.until and i.until > week.from_at
        for part in parts
        for i in part.intervals
    )
