"""All controls over one window from the ledgers' rows: the pure half of ``window_timelines``.

Each part is computed once and shared by every control that requires it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from compliance.timeline import breaks, candidates
from compliance.timeline.check_part import check_part, missing_part
from compliance.timeline.control import Part, Shared, control_timeline
from compliance.timeline.freshness import Source, by_source, first_judging, ground
from compliance.timeline.inputs import (
    CheckStart,
    ControlSpec,
    EventRow,
    FlipRow,
    Lapse,
    OccurrenceRow,
    PartSpec,
    PullRow,
)
from compliance.timeline.periodic import periodic_part
from compliance.timeline.types import ControlTimeline
from compliance.timeline.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgers:
    """Everything that was recorded about the parts, up to ``as_of`` (later rows are ignored where it matters)."""

    flips: Iterable[FlipRow] = ()
    events: Iterable[EventRow] = ()
    lapses: Iterable[Lapse] = ()
    pulls: Iterable[PullRow] = ()
    starts: Iterable[CheckStart] = ()
    occurrences: Iterable[OccurrenceRow] = ()


@dataclass(slots=True)
class _Sorted:
    flips: dict[str, list[FlipRow]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[EventRow]] = field(default_factory=lambda: defaultdict(list))
    lapses: dict[str, list[Lapse]] = field(default_factory=lambda: defaultdict(list))
    starts: dict[str, list[CheckStart]] = field(default_factory=lambda: defaultdict(list))
    occurrences: dict[str, list[OccurrenceRow]] = field(default_factory=lambda: defaultdict(list))
    pulls: dict[Source, list[PullRow]] = field(default_factory=dict)


def build(
    controls: Iterable[ControlSpec],
    parts: Mapping[str, PartSpec],
    ledgers: Ledgers,
    window: Window,
    as_of: datetime,
) -> dict[str, ControlTimeline]:
    """Timelines by control key. ``parts`` holds the spec of every part that a definition names."""
    until = window.seen_until(as_of)
    rows = _sort(ledgers)
    lines = {part_id: _part(spec, rows, window, until) for part_id, spec in parts.items()}
    shared: Shared = {}
    return {spec.key: control_timeline(spec, lines, window, as_of, shared) for spec in controls}


def _sort(ledgers: Ledgers) -> _Sorted:
    rows = _Sorted(pulls=by_source(ledgers.pulls))
    for flip in ledgers.flips:
        rows.flips[flip.check_id].append(flip)
    for event in ledgers.events:
        rows.events[event.check_id].append(event)
    for lapse in ledgers.lapses:
        rows.lapses[lapse.check_id].append(lapse)
    for start in ledgers.starts:
        rows.starts[start.check_id].append(start)
    for occurrence in ledgers.occurrences:
        rows.occurrences[occurrence.part_id].append(occurrence)
    return rows


def _part(spec: PartSpec, rows: _Sorted, window: Window, until: datetime) -> Part:
    if spec.missing_reason:
        return Part(missing_part(spec, window, until), ())
    if spec.kind == "manual":
        planned = rows.occurrences[spec.id]
        line = periodic_part(spec, window, until, planned)
        return Part(line, tuple(candidates.passed_dates(spec, planned, window, until)))
    flips, events, starts = rows.flips[spec.id], rows.events[spec.id], rows.starts[spec.id]
    judged = first_judging(starts).get(spec.id, {})
    line = check_part(
        spec,
        window,
        until,
        ground=ground(rows.pulls, spec.streams, window.start, until, judged),
        flips=flips,
        events=events,
        lapses=rows.lapses[spec.id],
    )
    found = candidates.failing_spells(spec, flips, window, until) + candidates.failing_events(
        spec, events, window, until
    )
    split = breaks.of_check(starts, window, until) + breaks.of_sources(rows.pulls, spec.streams, window, until)
    return Part(line, tuple(found), tuple(split))
