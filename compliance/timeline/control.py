"""A control over the window: its parts, in force definition by definition, become one line of intervals. Pure.

Worst of the parts wins. A control operates only where all parts that its definition requires ran and none failed;
before it was adopted it is not observed: nothing states that it operated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from compliance.timeline import breaks as splitting
from compliance.timeline.candidates import joined, named
from compliance.timeline.inputs import ControlSpec, Definition
from compliance.timeline.pieces import Piece, join
from compliance.timeline.spoken import spoken
from compliance.timeline.types import (
    SEVERITY,
    Break,
    Candidate,
    Cause,
    ControlTimeline,
    Interval,
    PartTimeline,
    State,
)
from compliance.timeline.window import Window


@dataclass(frozen=True, slots=True)
class Part:
    """A part's line, computed once and shared by every control that requires it."""

    timeline: PartTimeline
    candidates: tuple[Candidate, ...]
    breaks: tuple[Break, ...] = ()


Stretch = tuple[Definition | None, datetime, datetime]
# What controls with the same parts in force at the same times share: intervals, and candidates without a key.
Body = tuple[tuple[Interval, ...], tuple[Candidate, ...]]
Shared = dict[tuple[object, ...], Body]


def control_timeline(
    spec: ControlSpec,
    parts: Mapping[str, Part],
    window: Window,
    as_of: datetime,
    shared: Shared,
) -> ControlTimeline:
    """The control's line over ``[window.start, min(as_of, window.end))``.

    ``parts`` must hold every part that a definition in force names. Candidates of a part count while a definition
    that requires it is in force. ``shared`` is filled and used again for controls with the same parts.
    """
    until = window.seen_until(as_of)
    latest = _latest(spec, until)
    shown = tuple(parts[part_id].timeline for part_id in latest.parts) if latest else ()
    if until <= window.start:
        return ControlTimeline(key=spec.key, intervals=(), parts=shown, candidates=())
    split = splitting.of_definitions(spec.key, spec.definitions, window, until)
    split += [b for part in shown for b in parts[part.id].breaks]
    stretches = list(_in_force(spec, window.start, until))
    cut_at = frozenset(b.at for b in split)
    told = tuple((definition.parts if definition else spec.key, from_at, to) for definition, from_at, to in stretches)
    if (told, cut_at) not in shared:
        shared[told, cut_at] = _body(spec, stretches, parts, window, cut_at)
    intervals, candidates = shared[told, cut_at]
    return ControlTimeline(
        key=spec.key,
        intervals=intervals,
        parts=shown,
        candidates=named(spec.key, candidates),
        breaks=tuple(sorted(split, key=lambda b: b.at)),
    )


def _body(
    spec: ControlSpec,
    stretches: list[Stretch],
    parts: Mapping[str, Part],
    window: Window,
    cut_at: frozenset[datetime],
) -> Body:
    intervals: list[Interval] = []
    candidates: dict[int, Candidate] = {}
    for definition, from_at, to in stretches:
        if definition is None:
            intervals += _before_adoption(spec, window, from_at, to)
            continue
        intervals += _segment([parts[part_id].timeline for part_id in definition.parts], from_at, to, cut_at)
        for part_id in definition.parts:
            candidates |= {id(c): c for c in parts[part_id].candidates if _counts(c, from_at, to)}
    return tuple(intervals), joined(candidates.values())


def _latest(spec: ControlSpec, until: datetime) -> Definition | None:
    known = [d for d in spec.definitions if d.effective_at < until] or list(spec.definitions[:1])
    return known[-1] if known else None


def _in_force(spec: ControlSpec, start: datetime, until: datetime) -> Iterator[Stretch]:
    """Which definition holds when; None before the first."""
    bounds = [start, *(d.effective_at for d in spec.definitions if start < d.effective_at < until), until]
    for from_at, to in pairwise(bounds):
        if from_at < to:
            held = [d for d in spec.definitions if d.effective_at <= from_at]
            yield (held[-1] if held else None), from_at, to


def _counts(candidate: Candidate, from_at: datetime, to: datetime) -> bool:
    if candidate.kind == "event":
        return from_at <= candidate.from_at < to
    return candidate.from_at < to and (candidate.until is None or candidate.until > from_at)


def _before_adoption(spec: ControlSpec, window: Window, from_at: datetime, to: datetime) -> tuple[Interval, ...]:
    when = f" until {spoken(spec.definitions[0].effective_at, window.tz)}" if spec.definitions else ""
    reason = f"{spec.key} was not adopted{when}"
    cause = Cause(check_id="", resource_key="", reason=reason)
    return join([Piece(from_at, to, State.NOT_OBSERVED, 0, "", reason, [cause])], required=0)


def _segment(
    lines: list[PartTimeline],
    from_at: datetime,
    to: datetime,
    cut_at: frozenset[datetime],
) -> tuple[Interval, ...]:
    """One definition's stretch of the line."""
    if not lines:
        reason = "This control requires no part, so nothing states that it operated"
        return join([Piece(from_at, to, State.NOT_OBSERVED, 0, "", reason)], required=0)
    bounds = {from_at, to} | {i.from_at for line in lines for i in line.intervals if from_at < i.from_at < to}
    bounds |= {moment for moment in cut_at if from_at < moment < to}
    walk = _Walk(lines)
    return join((walk.piece(a, b) for a, b in pairwise(sorted(bounds))), required=len(lines), cut_at=cut_at)


class _Walk:
    """Steps through the parts' intervals together, each read once."""

    def __init__(self, lines: list[PartTimeline]) -> None:
        self.lines = lines
        self.places = [0] * len(lines)

    def piece(self, from_at: datetime, until: datetime) -> Piece:
        here = [self._at(n, from_at) for n in range(len(self.lines))]
        states = [_contribution(interval) for interval in here]
        state = max(states, key=SEVERITY.__getitem__)
        ran = sum(interval.parts_ran for interval in here)
        causes = [c for interval, s in zip(here, states, strict=True) if s is state for c in interval.causes]
        reason = self._reason(state, here, states, ran)
        return Piece(from_at, until, state, ran, "" if state is State.EXCEPTION else reason, reason, causes)

    def _at(self, n: int, moment: datetime) -> Interval:
        intervals = self.lines[n].intervals
        while intervals[self.places[n]].until <= moment:
            self.places[n] += 1
        return intervals[self.places[n]]

    def _reason(self, state: State, here: list[Interval], states: list[State], ran: int) -> str:
        reasons = list(dict.fromkeys(i.reason for i, s in zip(here, states, strict=True) if s is state and i.reason))
        text = reasons[0] if reasons else ""
        if len(reasons) > 1:
            text += f" (and {len(reasons) - 1} more)"
        if state is State.NOT_OBSERVED and ran < len(here):
            return f"{ran} of {len(here)} parts: {text}"
        return text


def _contribution(interval: Interval) -> State:
    """An open occurrence does not take back what was performed before in the window (ux.md section 2, "due")."""
    return State.OPERATING if interval.state is State.DUE and interval.parts_ran else interval.state
