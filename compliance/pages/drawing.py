"""Positions for the interval timeline: percentages of a span, as attributes of SVG rectangles (no inline style)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.timeline.types import Interval, PartTimeline, State
from compliance.timeline.window import Window

RANGES = {"window": None, "30d": 30, "7d": 7}
FAINTEST = 0.35  # per cent: a failure of minutes in a window of months stays visible
CLASSES = {
    State.OPERATING: "p",
    State.AT_RISK: "r",
    State.EXCEPTION: "x",
    State.NOT_OBSERVED: "n",
    State.DUE: "d",
    State.NO_OCCURRENCE: "z",
    State.NOT_SCHEDULED: "o",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One rectangle; ``x`` and ``width`` are per cent of the track, as text."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One track of the timeline with the sentence that says the same in words."""

    name: str
    main: bool
    bars: tuple[Bar, ...]
    missing: str
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The whole timeline. ``now`` is the position of the present, empty outside the span."""

    lanes: tuple[Lane, ...]
    now: str
    ticks: tuple[datetime, ...]
    from_at: datetime
    until: datetime


def span(window: Window, as_of: datetime, chosen: str) -> tuple[datetime, datetime]:
    """The drawn span: the window, or its last n days seen so far."""
    days = RANGES.get(chosen)
    if days is None:
        return window.start, window.end
    until = window.seen_until(as_of)
    return max(window.start, until - timedelta(days=days)), max(until, window.start + timedelta(hours=1))


def draw(
    window: Window,
    as_of: datetime,
    chosen: str,
    name: str,
    intervals: Sequence[Interval],
    parts: Sequence[PartTimeline],
) -> Drawing:
    """The control's lane on top, then one lane per part."""
    from_at, until = span(window, as_of, chosen)
    main = Lane(name=name, main=True, missing="", bars=bars(intervals, from_at, until), intervals=tuple(intervals))
    lanes = [
        Lane(
            name=part.title,
            main=False,
            missing="" if part.collected else part.missing_reason,
            bars=bars(part.intervals, from_at, until),
            intervals=part.intervals,
        )
        for part in parts
    ]
    return Drawing(
        lanes=(main, *lanes),
        now=_percent(as_of, from_at, until) if from_at <= as_of < until else "",
        ticks=ticks(window, from_at, until),
        from_at=from_at,
        until=until,
    )


def bars(intervals: Sequence[Interval], from_at: datetime, until: datetime) -> tuple[Bar, ...]:
    """Rectangles of the intervals inside the span. Neighbours of one state are joined; failures are drawn last and
    never thinner than ``FAINTEST``."""
    joined: list[list[object]] = []
    for interval in intervals:
        start, end = max(interval.from_at, from_at), min(interval.until, until)
        if start >= end:
            continue
        kind = CLASSES[interval.state]
        if joined and joined[-1][0] == kind and joined[-1][2] == start:
            joined[-1][2] = end
        else:
            joined.append([kind, start, end])
    joined.sort(key=lambda bar: bar[0] == "x")
    return tuple(_bar(str(kind), start, end, from_at, until) for kind, start, end in joined)  # type: ignore[arg-type]


def _bar(kind: str, start: datetime, end: datetime, from_at: datetime, until: datetime) -> Bar:
    share = 100 * ((end - start) / (until - from_at))
    if kind in ("x", "n"):
        share = max(share, FAINTEST)
    return Bar(kind=kind, x=_percent(start, from_at, until), width=f"{share:.2f}%")


def _percent(at: datetime, from_at: datetime, until: datetime) -> str:
    return f"{100 * ((at - from_at) / (until - from_at)):.2f}%"


def ticks(window: Window, from_at: datetime, until: datetime) -> tuple[datetime, ...]:
    """Four moments under the track: both ends and two between (local noon of the last day, so that the date is its)."""
    step = (until - from_at) / 3
    return (from_at, from_at + step, from_at + 2 * step, until - timedelta(hours=12))
