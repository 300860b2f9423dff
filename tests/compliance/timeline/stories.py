"""Random stories for the timeline: a window, pulls with gaps, resources that flip, events, definitions that change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from compliance.timeline.build import Ledgers, build
from compliance.timeline.inputs import (
    CheckStart,
    ControlSpec,
    Definition,
    EventRow,
    FlipRow,
    OccurrenceRow,
    PartSpec,
    PullRow,
)
from compliance.timeline.types import ControlTimeline, Duty, State
from compliance.timeline.window import Window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STALE = 48 * HOUR
CONTINUOUS = PartSpec(
    id="buckets", title="Buckets", kind="check", duty=Duty.CONTINUOUS, streams=("s3",), remediation_days=7
)
EVENT = PartSpec(id="root", title="Root use", kind="check", duty=Duty.EVENT, streams=("report",))
MISSING = PartSpec(
    id="later", title="Later", kind="check", duty=Duty.CONTINUOUS, missing_reason="Later is not collected yet"
)
REVIEW = PartSpec(id="AC-03.1", title="Access review", kind="manual", duty=Duty.PERIODIC)
PARTS = {part.id: part for part in (CONTINUOUS, EVENT, MISSING, REVIEW)}
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
CONNECTIONS = (UUID(int=1), UUID(int=2))


@dataclass(frozen=True)
class Story:
    window: Window
    as_of: datetime
    controls: tuple[ControlSpec, ...]
    ledgers: Ledgers

    def timelines(self) -> dict[str, ControlTimeline]:
        return build(self.controls, PARTS, self.ledgers, self.window, self.as_of)

    def until(self) -> datetime:
        return self.window.seen_until(self.as_of)

    def at(self, as_of: datetime) -> Story:
        return replace(self, as_of=as_of)

    def with_ledgers(self, **changes) -> Story:
        return replace(self, ledgers=replace(self.ledgers, **changes))


def moments(story: Story) -> list[datetime]:
    """Every moment at which something may change, and one between each two."""
    ledgers, window = story.ledgers, story.window
    edges = {window.start, story.until()}
    edges |= {p.observed_at for p in ledgers.pulls} | {p.fresh_until for p in ledgers.pulls}
    edges |= {f.observed_at for f in ledgers.flips} | {e.occurred_at for e in ledgers.events}
    edges |= {m for o in ledgers.occurrences for m in (o.opens_at, o.at_risk_at, o.due_at, o.performed_at) if m}
    edges |= {d.effective_at for c in story.controls for d in c.definitions}
    inside = sorted(m for m in edges if window.start <= m < story.until())
    if not inside:
        return []
    return sorted({*inside, *(a + (b - a) / 2 for a, b in zip(inside, [*inside[1:], story.until()], strict=True))})


def state_at(intervals, moment: datetime) -> State:
    found = [i for i in intervals if i.from_at <= moment < i.until]
    assert len(found) == 1, f"{len(found)} intervals at {moment}"
    return found[0].state


_minutes = st.integers(-20 * 24 * 60, 70 * 24 * 60).map(lambda n: timedelta(minutes=n))


@st.composite
def windows(draw) -> Window:
    starts_on = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 400)))
    return Window(
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=draw(st.integers(0, 60))),
        zone=draw(st.sampled_from(ZONES)),
    )


@st.composite
def pulls(draw, start: datetime, stream: str) -> list[PullRow]:
    rows = []
    for connection in CONNECTIONS[: draw(st.integers(0, 2))]:
        for offset in draw(st.lists(_minutes, max_size=8, unique=True)):
            outcome = draw(
                st.sampled_from(["complete", "complete", "complete", "partial", "failed", "held", "retired"])
            )
            at = start + offset
            rows.append(PullRow(
                connection_id=connection, stream=stream, outcome=outcome, observed_at=at, fresh_until=at + STALE,
                collector_version=draw(st.sampled_from(["aws 1", "aws 2"])), credential_identity="role", reason="",
            ))  # fmt: skip
    return rows


@st.composite
def flips(draw, start: datetime) -> list[FlipRow]:
    rows = []
    for n in range(draw(st.integers(0, 3))):
        failing_since = None
        for offset in sorted(draw(st.lists(_minutes, max_size=5, unique=True))):
            outcome = draw(st.sampled_from(["pass", "fail", "not_applicable", "unknown", "gone"]))
            at = start + offset
            if outcome == "fail":
                failing_since = failing_since or at
            elif outcome != "unknown":
                failing_since = None
            rows.append(FlipRow(
                id=UUID(int=1000 + len(rows)), check_id="buckets", connection_id=CONNECTIONS[n % 2], resource_key=f"b{n}",
                outcome=outcome, reason=f"b{n} {outcome}", seal=len(rows), observed_at=at, failing_since=failing_since,
            ))  # fmt: skip
    return rows


@st.composite
def events(draw, start: datetime) -> list[EventRow]:
    return [
        EventRow(
            id=UUID(int=5000 + n), check_id="root", connection_id=CONNECTIONS[0], resource_key="root",
            outcome=draw(st.sampled_from(["pass", "fail", "unknown"])), reason=f"use {n}", seal=n,
            occurred_at=start + offset, observed_at=start + offset + HOUR,
        )
        for n, offset in enumerate(draw(st.lists(_minutes, max_size=3, unique=True)))
    ]  # fmt: skip


@st.composite
def occurrences(draw, start: datetime) -> list[OccurrenceRow]:
    rows = []
    for n, offset in enumerate(draw(st.lists(_minutes, max_size=3, unique=True))):
        due = start + offset
        opens = due - timedelta(days=draw(st.integers(1, 30)))
        performed = draw(
            st.none() | st.integers(0, 60 * 24).map(lambda hours, opens=opens: opens + timedelta(hours=hours))
        )
        rows.append(OccurrenceRow(
            id=UUID(int=9000 + n), part_id="AC-03.1", opens_at=opens, at_risk_at=due - 7 * DAY, due_at=due, performed_at=performed,
        ))  # fmt: skip
    return rows


@st.composite
def controls(draw, start: datetime) -> tuple[ControlSpec, ...]:
    made = []
    for n in range(draw(st.integers(1, 3))):
        at = start - 30 * DAY if draw(st.booleans()) else start + draw(_minutes)
        definitions = []
        for version in range(1, draw(st.integers(1, 3)) + 1):
            parts = tuple(draw(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=4, unique=True)))
            definitions.append(Definition(version=version, effective_at=at, parts=parts))
            at += timedelta(hours=draw(st.integers(1, 900)))
        made.append(ControlSpec(key=f"C-{n}", definitions=tuple(definitions)))
    return tuple(made)


@st.composite
def stories(draw) -> Story:
    window = draw(windows())
    start = window.start
    checked = [
        CheckStart(check_id=check_id, connection_id=connection, version="1", parameters="1",
                   observed_at=start + draw(st.just(-30 * DAY) | _minutes))
        for check_id in ("buckets", "root") for connection in CONNECTIONS if draw(st.integers(0, 4))
    ]  # fmt: skip
    ledgers = Ledgers(
        flips=draw(flips(start)), events=draw(events(start)), pulls=[*draw(pulls(start, "s3")), *draw(pulls(start, "report"))],
        starts=checked, occurrences=draw(occurrences(start)),
    )  # fmt: skip
    return Story(window=window, as_of=start + draw(_minutes), controls=draw(controls(start)), ledgers=ledgers)


__all__ = [
    "CONTINUOUS",
    "DAY",
    "EVENT",
    "HOUR",
    "MISSING",
    "PARTS",
    "REVIEW",
    "STALE",
    "UTC",
    "Story",
    "moments",
    "state_at",
    "stories",
]
