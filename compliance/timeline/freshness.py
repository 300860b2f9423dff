"""When was a check's ground observed? Computed at read from the coverage ledger, never by a job. Pure.

A connection is expected from its first row in the ledger until it is retired. Time is observed while, for every
expected connection and every stream of the check, the last complete pull is not older than its freshness limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from compliance.timeline.inputs import CheckStart, PullRow

Source = tuple[UUID, str]  # connection, stream
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Gap:
    """A source was expected but not observed in ``[from_at, until)``; when it was last complete, and why not since."""

    from_at: datetime
    until: datetime
    connection_id: UUID
    stream: str
    last_complete_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What the coverage ledger says about one check: where connections are expected, where they were not observed,
    and the runs done and missed inside the window."""

    expected: tuple[Span, ...]
    gaps: tuple[Gap, ...]
    runs_done: int
    runs_missed: int
    last_run_at: datetime | None


def ground(
    pulls: Mapping[Source, list[PullRow]],
    streams: tuple[str, ...],
    start: datetime,
    until: datetime,
    judged_from: Mapping[UUID, datetime],
) -> Ground:
    """The ground of a check over ``[start, until)``.

    ``pulls``: coverage rows by source, oldest first. ``judged_from``: when the check began to judge a connection;
    reading without judging observes nothing.
    """
    connections = sorted({connection for connection, stream in pulls if stream in streams}, key=str)
    expected: list[Span] = []
    gaps: list[Gap] = []
    done = missed = 0
    last_run: datetime | None = None
    for connection in connections:
        per_stream = {stream: _before(pulls.get((connection, stream), []), until) for stream in streams}
        spans = _expected(sorted((r for rows in per_stream.values() for r in rows), key=_observed), start, until)
        expected += spans
        for stream, rows in per_stream.items():
            complete = [
                r
                for r in rows
                if r.outcome == "complete" and connection in judged_from and r.observed_at >= judged_from[connection]
            ]
            for span in spans:
                gaps += _gaps((connection, stream), rows, complete, span)
                span_done, span_missed = _runs(complete, span)
                done, missed = done + span_done, missed + span_missed
            if complete:
                last_run = max(filter(None, (last_run, complete[-1].observed_at)))
    return Ground(tuple(expected), tuple(gaps), done, missed, last_run)


def by_source(pulls: Iterable[PullRow]) -> dict[Source, list[PullRow]]:
    """Rows per (connection, stream), oldest first."""
    rows: dict[Source, list[PullRow]] = defaultdict(list)
    for pull in sorted(pulls, key=_observed):
        rows[pull.connection_id, pull.stream].append(pull)
    return dict(rows)


def first_judging(starts: Iterable[CheckStart]) -> dict[str, dict[UUID, datetime]]:
    """When each check first judged each connection."""
    first: dict[str, dict[UUID, datetime]] = defaultdict(dict)
    for row in sorted(starts, key=lambda r: r.observed_at):
        first[row.check_id].setdefault(row.connection_id, row.observed_at)
    return dict(first)


def _observed(row: PullRow) -> datetime:
    return row.observed_at


def _before(rows: list[PullRow], until: datetime) -> list[PullRow]:
    return [row for row in rows if row.observed_at < until]


def _expected(rows: list[PullRow], start: datetime, until: datetime) -> list[Span]:
    """From the first row to the retirement of the last stream; a later row opens a new span."""
    spans: list[Span] = []
    since: datetime | None = None
    alive: set[str] = set()
    for row in rows:
        if row.outcome == "retired":
            alive.discard(row.stream)
            if not alive and since is not None:
                spans.append((max(since, start), row.observed_at))
                since = None
            continue
        alive.add(row.stream)
        since = since or row.observed_at
    if since is not None:
        spans.append((max(since, start), until))
    return [(a, b) for a, b in spans if a < b]


def _gaps(source: Source, rows: list[PullRow], complete: list[PullRow], span: Span) -> list[Gap]:
    """Holes between complete pulls beyond their freshness, inside one expected span."""
    found: list[Gap] = []
    covered_to, last = span[0], None
    for row in complete:
        if row.observed_at >= span[1]:
            break
        if row.observed_at > covered_to:
            found.append(_gap(source, rows, last, covered_to, row.observed_at))
        covered_to, last = max(covered_to, row.fresh_until), row.observed_at
    if covered_to < span[1]:
        found.append(_gap(source, rows, last, covered_to, span[1]))
    return [gap for gap in found if gap.from_at < gap.until]


def _gap(source: Source, rows: list[PullRow], last: datetime | None, from_at: datetime, until: datetime) -> Gap:
    since = last or from_at
    why = next(
        (r.reason for r in reversed(rows) if r.reason and r.outcome != "complete" and since <= r.observed_at <= until),
        "",
    )
    return Gap(from_at, until, source[0], source[1], last, why)


def _runs(complete: list[PullRow], span: Span) -> tuple[int, int]:
    """Runs done and missed in a span; the cadence is half the freshness limit (streams.yaml: stale = two periods)."""
    inside = [row for row in complete if span[0] <= row.observed_at < span[1]]
    missed, last = 0, span[0]
    for row in inside:
        missed += _missed(row.observed_at - last, row.fresh_until - row.observed_at, first=row is inside[0])
        last = row.observed_at
    if inside:
        missed += max(0, int((span[1] - last) / _cadence(inside[-1].fresh_until - last)) - 1)
    return len(inside), missed


def _missed(elapsed: timedelta, stale_after: timedelta, *, first: bool) -> int:
    return max(0, round(elapsed / _cadence(stale_after)) - (0 if first else 1))


def _cadence(stale_after: timedelta) -> timedelta:
    return max(stale_after / 2, timedelta(minutes=1))
