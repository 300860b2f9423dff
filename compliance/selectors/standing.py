"""How one adopted control stands in the window: its state with the cause, the date and the owner that go with it.

Pure: built from the control's timeline, which is the only source of every number on the pages (ux.md principle 5).
Nothing here is worded for a screen except titles and reasons that come from the ledgers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from compliance.timeline.types import Candidate, Cause, ControlTimeline, Duty, Interval, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The member who answers for a control."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlInScope:
    """What the organization says about one of its controls, without any state.

    ``group`` is the remediation lane of the library, or ``own`` for a control that the organization wrote.
    ``definition_changed_at`` is aware UTC: when the present definition began to hold.
    """

    key: str
    title: str
    statement: str
    criteria: tuple[str, ...]
    group: str
    duties: tuple[str, ...]
    frequency: str
    owner: Owner | None
    written: bool
    version: int
    definition_changed_at: datetime | None


class Next(StrEnum):
    """What the date beside a control means (the one next step of a failing row)."""

    FIX_BY = "fix_by"  # open candidate of a continuous duty: remediation date
    FIX_OVERDUE = "fix_overdue"
    STILL_OPEN = "still_open"  # open, without a remediation date; date = since when
    HAPPENED = "happened"  # only dated events; date = the last one
    ENDED = "ended"  # every candidate ended; date = the last end
    LIMIT = "limit"  # at risk; date = the limit that is running
    CONNECT = "connect"  # a part is not collected yet
    RECONNECT = "reconnect"  # a source stopped answering; date = since when
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One control in the verdict, in lists and in the heatmap's row head.

    ``state`` is the one it is counted under (exception while any candidate is in the window), ``now`` the state at
    ``as_of``. ``since`` is when the trouble began: the first open candidate, else the first of the window, else the state now.
    ``cause_count`` counts all causes, ``cause`` is the newest. Moments are aware UTC.
    """

    control: ControlInScope
    state: State
    now: State
    since: datetime | None
    next: Next
    date: datetime | None
    cause: Cause | None
    cause_count: int
    reason: str
    candidates_open: int
    candidates_ended: int
    parts_collected: int
    parts_required: int
    missing: tuple[str, ...]
    timeline: ControlTimeline

    @property
    def key(self) -> str:
        return self.control.key

    @property
    def open(self) -> bool:
        """Whether a candidate of this control still lasts."""
        return self.candidates_open > 0

    @property
    def has_issues(self) -> bool:
        """At least one moment of the window was not plainly operating."""
        quiet = (State.OPERATING, State.NO_OCCURRENCE, State.NOT_SCHEDULED)
        return bool(self.timeline.candidates) or any(i.state not in quiet for i in self.timeline.intervals)


def lasting(candidate: Candidate) -> bool:
    """True for a candidate that has not ended; a dated event is never open."""
    return candidate.kind == "interval" and candidate.until is None


def standing(control: ControlInScope, timeline: ControlTimeline, as_of: datetime) -> Standing:
    """The standing of one control at ``as_of`` (aware UTC), from its timeline over the window."""
    now = timeline.now
    open_ones = [c for c in timeline.candidates if lasting(c)]
    next_step, date = _next(timeline, now, open_ones, as_of)
    cause, count, reason = _cause(timeline, now, open_ones)
    return Standing(
        control=control,
        state=timeline.state,
        now=now.state if now else State.NOT_SCHEDULED,
        since=min((c.from_at for c in open_ones or timeline.candidates), default=_state_since(timeline)),
        next=next_step,
        date=date,
        cause=cause,
        cause_count=count,
        reason=reason,
        candidates_open=len(open_ones),
        candidates_ended=len(timeline.candidates) - len(open_ones),
        parts_collected=timeline.parts_collected,
        parts_required=len(timeline.parts),
        missing=tuple(part.title for part in timeline.parts if not part.collected),
        timeline=timeline,
    )


def _state_since(timeline: ControlTimeline) -> datetime | None:
    """Start of the unbroken run of intervals in the present state."""
    if not timeline.intervals:
        return None
    state, since = timeline.intervals[-1].state, timeline.intervals[-1].from_at
    for interval in reversed(timeline.intervals):
        if interval.state is not state:
            break
        since = interval.from_at
    return since


def _next(
    timeline: ControlTimeline, now: Interval | None, open_ones: list[Candidate], as_of: datetime
) -> tuple[Next, datetime | None]:
    if open_ones:
        due = min((c.remediation_due_at for c in open_ones if c.remediation_due_at), default=None)
        if due is None:
            return Next.STILL_OPEN, min(c.from_at for c in open_ones)
        return (Next.FIX_BY if due > as_of else Next.FIX_OVERDUE), due
    if timeline.candidates:
        events = [c.from_at for c in timeline.candidates if c.kind == "event"]
        ends = [c.until for c in timeline.candidates if c.kind == "interval" and c.until]
        return (Next.ENDED, max(ends)) if ends else (Next.HAPPENED, max(events))
    if now is None:
        return Next.NOTHING, None
    if now.state is State.AT_RISK:
        return Next.LIMIT, now.due_at or _state_since(timeline)
    if now.state is State.NOT_OBSERVED:
        missing = any(not part.collected for part in timeline.parts)
        return (Next.CONNECT if missing else Next.RECONNECT), _state_since(timeline)
    return Next.NOTHING, None


def _cause(
    timeline: ControlTimeline, now: Interval | None, open_ones: list[Candidate]
) -> tuple[Cause | None, int, str]:
    shown = open_ones or list(timeline.candidates)
    if shown:
        newest = max(shown, key=lambda c: c.from_at)
        cause = Cause(
            check_id=newest.check_id,
            resource_key=newest.resource_key,
            reason=newest.reason,
            flip_id=newest.flip_id,
            seal=newest.seal,
        )
        return cause, len(shown), newest.reason
    if now is None or now.state in (State.OPERATING, State.NO_OCCURRENCE):
        return None, 0, now.reason if now else ""
    return (now.causes[0] if now.causes else None), now.cause_count, now.reason


def duty_of(timeline: ControlTimeline) -> tuple[Duty, ...]:
    """The duties of the control's parts, each once, in the order of the parts."""
    return tuple(dict.fromkeys(part.duty for part in timeline.parts))
