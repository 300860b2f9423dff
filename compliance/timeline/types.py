"""Vocabulary of status over time: states, intervals, candidates. Pure: no Django, no clock, no database.

All moments are aware datetimes in UTC; an interval is half-open, ``[from_at, until)``.
Meaning of the states: ux.md section 2; duties: architecture section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class State(StrEnum):
    """One vocabulary on every screen, in the API and in exports."""

    OPERATING = "operating"
    AT_RISK = "at_risk"
    EXCEPTION = "exception"
    NOT_OBSERVED = "not_observed"
    DUE = "due"
    NOT_SCHEDULED = "not_scheduled"
    NO_OCCURRENCE = "no_occurrence"


class Duty(StrEnum):
    """How a duty turns time into a state (architecture section 6)."""

    CONTINUOUS = "continuous"
    TIMED = "timed"
    EVENT = "event"
    PERIODIC = "periodic"


# Worst of the parts wins: exception > at risk > not observed > due > operating > no occurrence > not scheduled.
# "due" stands above "operating": a control whose only occurrence has not been performed yet is never green.
SEVERITY: dict[State, int] = {
    State.EXCEPTION: 6,
    State.AT_RISK: 5,
    State.NOT_OBSERVED: 4,
    State.DUE: 3,
    State.OPERATING: 2,
    State.NO_OCCURRENCE: 1,
    State.NOT_SCHEDULED: 0,
}


def worst(states: tuple[State, ...]) -> State:
    """The worst of the given states; ``not_scheduled`` for none."""
    return max(states, key=SEVERITY.__getitem__, default=State.NOT_SCHEDULED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why an interval is not operating. ``check_id`` is the manual part's id for manual parts;
    ``resource_key`` is empty when the whole part is the cause (stale, not collected)."""

    check_id: str
    resource_key: str
    reason: str
    flip_id: UUID | None = None
    seal: int | None = None
    due_at: datetime | None = None  # the limit or date that is running (timed, periodic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """``[from_at, until)`` in one state.

    ``parts_ran`` of ``parts_required`` is the smallest number met inside the interval.
    ``causes`` holds at most ``MAX_CAUSES``; ``cause_count`` is the number of causes (of a control: at least that).
    """

    from_at: datetime
    until: datetime
    state: State
    reason: str
    parts_ran: int = 1
    parts_required: int = 1
    causes: tuple[Cause, ...] = ()
    cause_count: int = 0

    @property
    def due_at(self) -> datetime | None:
        """The nearest limit or date that is running in this interval; None when none is."""
        return min((cause.due_at for cause in self.causes if cause.due_at), default=None)


MAX_CAUSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One exception candidate of one control in the window. It stays after it ended.

    kind ``interval``: ``from_at`` (clipped to the window; ``began_at`` is the true start) to ``until``, None while
    it lasts. kind ``event``: a dated point, ``until == from_at``, never recovers. ``causes`` names every check that
    failed on this item (one fact, one candidate: checks.yaml rule 10); ``check_id``/``reason``/``seal`` are the first.
    ``remediation_due_at`` only sorts by urgency; it never delays a candidate.
    """

    control_key: str
    check_id: str
    resource_key: str
    kind: Literal["interval", "event"]
    began_at: datetime
    from_at: datetime
    until: datetime | None
    reason: str
    seal: int | None
    flip_id: UUID | None = None
    remediation_due_at: datetime | None = None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A moment inside the window at which continuity splits (architecture section 7): both sides are shown,
    counted and tested apart. ``what``: control, check, parameters, collector, credential, scope."""

    at: datetime
    what: str
    subject: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTimeline:
    """One required part over the window. ``coverage_done``/``coverage_planned`` count complete pulls (checks) or
    performed occurrences (manual parts). A part that is not collected says why in ``missing_reason``."""

    id: str
    title: str
    kind: Literal["check", "manual"]
    duty: Duty
    collected: bool
    missing_reason: str
    intervals: tuple[Interval, ...]
    coverage_done: int
    coverage_planned: int
    last_run_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTimeline:
    """One control over the window: ``intervals`` cover [window start, min(as_of, window end)) exactly, in order,
    without overlap or hole (empty before the window started)."""

    key: str
    intervals: tuple[Interval, ...]
    parts: tuple[PartTimeline, ...]
    candidates: tuple[Candidate, ...]
    breaks: tuple[Break, ...] = ()

    @property
    def now(self) -> Interval | None:
        """The last interval: the state at ``as_of`` (or at the end of a closed window). None before the window."""
        return self.intervals[-1] if self.intervals else None

    @property
    def state(self) -> State:
        """The state the control is counted under in the verdict: exception while any candidate is in the window
        (also after it ended), else the state now. ``not_scheduled`` before the window."""
        if self.candidates:
            return State.EXCEPTION
        return self.intervals[-1].state if self.intervals else State.NOT_SCHEDULED

    @property
    def parts_collected(self) -> int:
        """Number of required parts that are collected ("2 of 5 parts")."""
        return sum(part.collected for part in self.parts)
