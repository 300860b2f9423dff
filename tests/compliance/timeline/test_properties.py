"""What must hold for every story of a window, whatever happened in it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.timeline.inputs import FlipRow
from compliance.timeline.types import SEVERITY, ControlTimeline, PartTimeline, State
from compliance.timeline.weeks import cells
from tests.compliance.timeline.stories import CONNECTIONS, STALE, Story, moments, state_at, stories

_MANY = settings(max_examples=100, deadline=None)
_GREEN = (State.OPERATING, State.NO_OCCURRENCE)


def lines(story: Story) -> list[ControlTimeline | PartTimeline]:
    timelines = story.timelines().values()
    return [*timelines, *(part for timeline in timelines for part in timeline.parts)]


@_MANY
@given(stories())
def test_intervals_cover_the_window_exactly_without_overlap_or_hole(story):
    for line in lines(story):
        if story.until() <= story.window.start:
            assert line.intervals == ()
            continue
        assert line.intervals[0].from_at == story.window.start
        assert line.intervals[-1].until == story.until()
        assert all(i.from_at < i.until for i in line.intervals)
        assert all(a.until == b.from_at for a, b in pairwise(line.intervals))


@_MANY
@given(stories())
def test_a_gap_is_never_operating(story):
    """Computed again here from the raw rows: green needs, for every expected connection, a complete and judged pull
    that is not older than its limit; a part that is not collected is never green."""
    for timeline in story.timelines().values():
        for moment in moments(story):
            definition = next(
                (d for d in reversed(spec(story, timeline.key).definitions) if d.effective_at <= moment), None
            )
            if (
                definition is None
                or "later" in definition.parts
                or not all(observed(story, part, moment) for part in definition.parts)
            ):
                assert state_at(timeline.intervals, moment) not in _GREEN


def spec(story, key):
    return next(control for control in story.controls if control.key == key)


def observed(story, part_id, moment) -> bool:
    stream = {"buckets": "s3", "root": "report"}.get(part_id)
    if stream is None:
        return True
    known = [
        p
        for p in story.ledgers.pulls
        if p.stream == stream and p.observed_at <= moment and p.observed_at < story.until()
    ]
    expected = {p.connection_id for p in known}
    expected -= {
        c
        for c in expected
        if max((p for p in known if p.connection_id == c), key=lambda p: p.observed_at).outcome == "retired"
    }
    return bool(expected) and all(fresh(story, part_id, known, c, moment) for c in expected)


def fresh(story, part_id, known, connection, moment) -> bool:
    judged = [s.observed_at for s in story.ledgers.starts if (s.check_id, s.connection_id) == (part_id, connection)]
    return any(
        p.connection_id == connection and p.outcome == "complete" and judged and p.observed_at >= min(judged)
        and moment < p.observed_at + STALE
        for p in known
    )  # fmt: skip


@_MANY
@given(stories())
def test_the_worst_of_the_parts_wins(story):
    for timeline in story.timelines().values():
        parts = {part.id: part for other in story.timelines().values() for part in other.parts}
        for moment in moments(story):
            definition = next(
                (d for d in reversed(spec(story, timeline.key).definitions) if d.effective_at <= moment), None
            )
            if definition is None:
                assert state_at(timeline.intervals, moment) is State.NOT_OBSERVED
            elif set(definition.parts) <= parts.keys():
                states = [contribution(parts[part_id], moment) for part_id in definition.parts]
                assert state_at(timeline.intervals, moment) is max(states, key=SEVERITY.__getitem__)


def contribution(part, moment) -> State:
    interval = next(i for i in part.intervals if i.from_at <= moment < i.until)
    return State.OPERATING if interval.state is State.DUE and interval.parts_ran else interval.state


@_MANY
@given(stories(), st.integers(0, 69 * 24 * 60))
def test_another_failure_never_makes_a_moment_better(story, minutes):
    worse = story.with_ledgers(flips=[*story.ledgers.flips, failure(story, minutes)])
    before, after = story.timelines(), worse.timelines()
    for key, timeline in before.items():
        for moment in moments(story):
            assert SEVERITY[state_at(after[key].intervals, moment)] >= SEVERITY[state_at(timeline.intervals, moment)]
        assert len(after[key].candidates) >= len(timeline.candidates)


def failure(story, minutes) -> FlipRow:
    at = story.window.start + timedelta(minutes=minutes)
    return FlipRow(id=UUID(int=77), check_id="buckets", connection_id=CONNECTIONS[0], resource_key="another", outcome="fail",
                   reason="another fails", seal=1, observed_at=at, failing_since=at)  # fmt: skip


@_MANY
@given(stories(), st.integers(0, 30))
def test_a_complete_pull_less_never_makes_a_moment_green(story, n):
    """Without one reading nothing becomes operating that was not; only whole pulls count, so only those are dropped,
    and never the first of a connection, which says that the connection is expected at all."""
    first = {min((p for p in story.ledgers.pulls if (p.connection_id, p.stream) == s), key=lambda p: p.observed_at)
             for s in {(p.connection_id, p.stream) for p in story.ledgers.pulls}}  # fmt: skip
    droppable = [p for p in story.ledgers.pulls if p.outcome == "complete" and p not in first]
    retired = any(p.outcome == "retired" for p in story.ledgers.pulls)
    if not droppable or retired:
        return
    gone = droppable[n % len(droppable)]
    fewer = story.with_ledgers(pulls=[p for p in story.ledgers.pulls if p is not gone])
    before, after = story.timelines(), fewer.timelines()
    for key, timeline in before.items():
        for moment in moments(story):
            if state_at(after[key].intervals, moment) in _GREEN:
                assert state_at(timeline.intervals, moment) in _GREEN


@_MANY
@given(stories(), st.integers(0, 100))
def test_what_was_shown_earlier_is_the_beginning_of_what_is_shown_later(story, percent):
    earlier = story.at(story.window.start + (story.until() - story.window.start) * percent / 100)
    later, before = story.timelines(), earlier.timelines()
    for key, timeline in before.items():
        for moment in moments(earlier):
            assert state_at(timeline.intervals, moment) is state_at(later[key].intervals, moment)


@_MANY
@given(stories())
def test_every_failing_moment_has_a_candidate_and_every_lasting_candidate_is_an_exception(story):
    for timeline in story.timelines().values():
        spans = [(c.from_at, c.until or story.until()) for c in timeline.candidates if c.kind == "interval"]
        for moment in moments(story):
            if state_at(timeline.intervals, moment) is State.EXCEPTION:
                assert any(a <= moment < b for a, b in spans)
        for candidate in timeline.candidates:
            assert candidate.control_key == timeline.key
            assert story.window.start <= candidate.from_at < story.until()
            assert candidate.until is None or candidate.until >= candidate.from_at
            assert candidate.causes


@_MANY
@given(stories())
def test_headline_and_heatmap_come_from_the_same_intervals(story):
    for timeline in story.timelines().values():
        row = cells(timeline, story.window, story.as_of)
        assert len(row) == len(story.window.weeks)
        for cell in row:
            inside = [
                i.state for i in timeline.intervals if i.from_at < cell.week.until and i.until > cell.week.from_at
            ]
            assert (cell.state is None) == (cell.week.from_at >= story.until())
            if State.EXCEPTION in inside:
                assert cell.state is State.EXCEPTION
                assert 1 <= cell.days <= 7
            elif cell.state in _GREEN:
                assert set(inside) <= set(_GREEN) | {State.NOT_SCHEDULED}
