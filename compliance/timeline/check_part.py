"""One check over the window: flips, events and coverage become intervals. Pure.

Order of verdicts at one moment: a failing resource (exception) > not observed > operating > no occurrence.
A failure is cleared only by new data that says otherwise; silence, staleness or an unknown answer never ends it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from compliance.timeline.freshness import Gap, Ground
from compliance.timeline.inputs import EventRow, FlipRow, Lapse, PartSpec
from compliance.timeline.pieces import Piece, join
from compliance.timeline.spoken import spoken
from compliance.timeline.types import Cause, Duty, Interval, PartTimeline, State
from compliance.timeline.window import Window

Item = tuple[UUID, str]  # connection, resource


def missing_part(part: PartSpec, window: Window, until: datetime) -> PartTimeline:
    """A part that nothing collects yet: not observed over the whole window, with its reason."""
    cause = Cause(check_id=part.id, resource_key="", reason=part.missing_reason)
    pieces = [Piece(window.start, until, State.NOT_OBSERVED, 0, "missing", part.missing_reason, [cause])]
    return PartTimeline(
        id=part.id,
        title=part.title,
        kind=part.kind,
        duty=part.duty,
        collected=False,
        missing_reason=part.missing_reason,
        intervals=join(pieces),
        coverage_done=0,
        coverage_planned=0,
        last_run_at=None,
    )


def check_part(
    part: PartSpec,
    window: Window,
    until: datetime,
    *,
    ground: Ground,
    flips: Iterable[FlipRow],
    events: Iterable[EventRow],
    lapses: Iterable[Lapse],
) -> PartTimeline:
    """Timeline of a collected check over ``[window.start, until)``. ``flips`` holds those inside the window and the
    last one before it per resource; rows after ``until`` are ignored."""
    sweep = _Sweep(part=part, window=window)
    return PartTimeline(
        id=part.id,
        title=part.title,
        kind=part.kind,
        duty=part.duty,
        collected=True,
        missing_reason="",
        intervals=_intervals(sweep, _marks(_observations(flips, events, lapses, window.start), ground, until), until),
        coverage_done=ground.runs_done,
        coverage_planned=ground.runs_done + ground.runs_missed,
        last_run_at=ground.last_run_at,
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something begins or ends at a moment."""

    at: datetime
    what: FlipRow | EventRow | Lapse | Gap | None  # None: a connection is expected
    begins: bool = True


def _observations(
    flips: Iterable[FlipRow],
    events: Iterable[EventRow],
    lapses: Iterable[Lapse],
    start: datetime,
) -> list[_Mark]:
    marks = [_Mark(max(f.observed_at, start), f) for f in sorted(flips, key=lambda f: (f.observed_at, f.id))]
    marks += [_Mark(e.occurred_at, e) for e in events if e.occurred_at >= start]
    return marks + [_Mark(max(lapse.valid_until, start), lapse) for lapse in lapses]


def _marks(observations: list[_Mark], ground: Ground, until: datetime) -> list[_Mark]:
    marks = list(observations)
    for a, b in ground.expected:
        marks += [_Mark(a, None), _Mark(b, None, begins=False)]
    for gap in ground.gaps:
        marks += [_Mark(gap.from_at, gap), _Mark(gap.until, gap, begins=False)]
    return sorted((m for m in marks if m.at < until), key=lambda m: m.at)


def _intervals(sweep: _Sweep, marks: list[_Mark], until: datetime) -> tuple[Interval, ...]:
    pieces: list[Piece] = []
    at = sweep.window.start
    for mark in marks:
        if mark.at > at:
            pieces.append(sweep.piece(at, mark.at))
            at = mark.at
        sweep.apply(mark)
    pieces.append(sweep.piece(at, until))
    return join(pieces)


@dataclass(slots=True)
class _Sweep:
    """What is true at one moment while walking through the marks."""

    part: PartSpec
    window: Window
    expected: int = 0
    events: int = 0
    gaps: dict[tuple[UUID, str], Gap] = field(default_factory=dict)
    failing: dict[Item, Cause] = field(default_factory=dict)
    unknown: dict[tuple[UUID, str, str], Cause] = field(default_factory=dict)
    passing: set[Item] = field(default_factory=set)
    _said: tuple[State, int, str] | None = None
    # What joined since the last piece, so that a long exception does not list its causes again at every mark.
    _new_failing: dict[Item, Cause] = field(default_factory=dict)
    _new_unknown: dict[tuple[UUID, str, str], Cause] = field(default_factory=dict)

    def apply(self, mark: _Mark) -> None:
        match mark.what:
            case None:
                self.expected += 1 if mark.begins else -1
            case Gap() as gap if mark.begins:
                self.gaps[gap.connection_id, gap.stream] = gap
            case Gap() as gap:
                if self.gaps.get((gap.connection_id, gap.stream)) is gap:
                    del self.gaps[gap.connection_id, gap.stream]
            case FlipRow() as flip:
                self._flip(flip)
            case EventRow() as event:
                self._event(event)
            case Lapse() as lapse:
                self._lapse(lapse)

    def _flip(self, flip: FlipRow) -> None:
        item = (flip.connection_id, flip.resource_key)
        cause = Cause(
            check_id=self.part.id, resource_key=flip.resource_key, reason=flip.reason, flip_id=flip.id, seal=flip.seal
        )
        self.passing.discard(item)
        self.unknown.pop((*item, ""), None)
        self._new_unknown.pop((*item, ""), None)
        if flip.outcome in ("pass", "not_applicable", "gone"):
            self.failing.pop(item, None)
            self._new_failing.pop(item, None)
            if flip.outcome == "pass":
                self.passing.add(item)
            return
        if flip.outcome == "unknown":
            self._doubt((*item, ""), cause)
        if flip.outcome == "fail" or flip.failing_since is not None:
            self.failing[item] = self._new_failing[item] = cause

    def _doubt(self, item: tuple[UUID, str, str], cause: Cause) -> None:
        self.unknown[item] = self._new_unknown[item] = cause

    def _event(self, event: EventRow) -> None:
        self.events += 1
        if event.outcome == "unknown":
            cause = Cause(check_id=self.part.id, resource_key=event.resource_key, reason=event.reason, seal=event.seal)
            self._doubt((event.connection_id, event.resource_key, str(event.id)), cause)

    def _lapse(self, lapse: Lapse) -> None:
        item = (lapse.connection_id, lapse.resource_key)
        if item in self.passing:
            self.passing.discard(item)
            self._doubt(
                (*item, ""),
                Cause(
                    check_id=self.part.id,
                    resource_key=lapse.resource_key,
                    reason=f"Its pass was valid until {spoken(lapse.valid_until, self.window.tz)} and was not judged again",
                ),
            )

    def piece(self, from_at: datetime, until: datetime) -> Piece:
        """The state from one mark to the next. Causes already said by the piece before are not repeated."""
        state, tag, reason = self._verdict()
        ran = int(self.expected > 0 and not self.gaps and not self.unknown)
        again = (state, ran, tag) == self._said
        self._said = (state, ran, tag)
        causes = list(self._causes(state, tag, reason, new_only=again))
        self._new_failing.clear()
        self._new_unknown.clear()
        return Piece(from_at, until, state, ran, tag, reason, causes)

    def _causes(self, state: State, tag: str, reason: str, *, new_only: bool) -> Iterable[Cause]:
        if state is State.EXCEPTION:
            return (self._new_failing if new_only else self.failing).values()
        if tag == "unknown":
            return (self._new_unknown if new_only else self.unknown).values()
        if state is State.NOT_OBSERVED and not new_only:
            return (Cause(check_id=self.part.id, resource_key="", reason=reason),)
        return ()

    def _verdict(self) -> tuple[State, str, str]:
        """State, what separates it from its neighbours, and the sentence."""
        if self.failing:
            return State.EXCEPTION, "", next(iter(self.failing.values())).reason
        if not self.expected:
            return State.NOT_OBSERVED, "never", "No connected system was read for this part"
        if self.gaps:
            gap = next(iter(self.gaps.values()))
            return State.NOT_OBSERVED, f"{gap.connection_id} {gap.stream} {gap.last_complete_at}", self._why(gap)
        if self.unknown:
            return State.NOT_OBSERVED, "unknown", next(iter(self.unknown.values())).reason
        return self._observed()

    def _observed(self) -> tuple[State, str, str]:
        if self.part.duty is Duty.EVENT:
            happened = (State.OPERATING, "", "")
            return (
                happened
                if self.events
                else (State.NO_OCCURRENCE, "", "No occurrence: read without a gap, and nothing happened")
            )
        if not self.passing:
            return State.NO_OCCURRENCE, "", "No occurrence: the complete population holds nothing that this applies to"
        return State.OPERATING, "", ""

    def _why(self, gap: Gap) -> str:
        since = (
            f"{gap.stream} was last read completely on {spoken(gap.last_complete_at, self.window.tz)}"
            if gap.last_complete_at
            else f"{gap.stream} has not been read completely"
        )
        return f"{since}: {gap.reason}" if gap.reason else since
