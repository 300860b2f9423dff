"""The weekly review: verdict, two lists, heatmap rows, what changed, who owns the red, what comes next.

``assemble`` is pure; ``dashboard`` (dashboard.py) reads the database and calls it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from compliance.selectors.changes import Change, changes_since
from compliance.selectors.standing import Owner, Standing
from compliance.timeline.types import State
from compliance.timeline.weeks import Cell, cells
from compliance.timeline.window import Window

# Order of the verdict's counts. Their sum is the number of controls in scope, whatever states occur.
COUNTED = (
    State.EXCEPTION,
    State.AT_RISK,
    State.NOT_OBSERVED,
    State.DUE,
    State.OPERATING,
    State.NO_OCCURRENCE,
    State.NOT_SCHEDULED,
)
ALWAYS_SHOWN = (
    State.EXCEPTION,
    State.AT_RISK,
    State.NOT_OBSERVED,
    State.OPERATING,
    State.NO_OCCURRENCE,
)
RED = (State.EXCEPTION, State.AT_RISK, State.NOT_OBSERVED)
LIST_LENGTH = 6
CHANGE_LENGTH = 8


class Phase(StrEnum):
    """Where the clock stands to the window."""

    BEFORE = "before"
    INSIDE = "inside"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Controls counted under one state."""

    state: State
    controls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedRed:
    """One person's controls that are not fine. ``oldest`` is when the oldest of them began (aware UTC)."""

    owner: Owner | None
    exceptions: int
    at_risk: int
    not_observed: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """A dated duty of the next three weeks."""

    key: str
    title: str
    due_on: date
    owner: Owner | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One control's weeks."""

    standing: Standing
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPage:
    """The rows shown of the heatmap. ``with_issues`` and ``total`` count controls, not rows shown."""

    rows: tuple[HeatRow, ...]
    show: Literal["issues", "all"]
    with_issues: int
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyReview:
    """Everything the dashboard says, computed from the same intervals."""

    window: Window
    as_of: datetime
    phase: Phase
    day: int
    days_left: int
    week: int | None
    counts: tuple[Count, ...]
    in_scope: int
    candidates: tuple[Standing, ...]
    candidates_total: int
    avoidable: tuple[Standing, ...]
    avoidable_total: int
    heat: HeatPage
    since: datetime
    changes: tuple[Change, ...]
    changes_total: int
    owners: tuple[OwnedRed, ...]
    upcoming: tuple[Upcoming, ...]
    records_sealed: int

    def controls_in(self, state: State) -> int:
        """Number of controls counted under a state."""
        return next((count.controls for count in self.counts if count.state is state), 0)


def assemble(
    *,
    window: Window,
    as_of: datetime,
    standings: Sequence[Standing],
    show: Literal["issues", "all"] = "issues",
    page: int = 1,
    upcoming: Sequence[Upcoming] = (),
    records_sealed: int = 0,
) -> WeeklyReview:
    """The weekly review at ``as_of`` (aware UTC) of the standings of all controls in scope."""
    candidates = sorted((s for s in standings if s.state is State.EXCEPTION), key=_by_urgency)
    avoidable = sorted((s for s in standings if s.state in (State.AT_RISK, State.NOT_OBSERVED)), key=_by_urgency)
    since = review_since(window, as_of)
    changed = changes_since(standings, since)
    week = window.week_at(as_of)
    return WeeklyReview(
        window=window,
        as_of=as_of,
        phase=phase(window, as_of),
        day=window.day_number(as_of),
        days_left=window.days_left(as_of),
        week=week.number if week else None,
        counts=counts(standings),
        in_scope=len(standings),
        candidates=tuple(candidates[:LIST_LENGTH]),
        candidates_total=len(candidates),
        avoidable=tuple(avoidable[:LIST_LENGTH]),
        avoidable_total=len(avoidable),
        heat=heat_page(window, as_of, standings, show, page),
        since=since,
        changes=changed[:CHANGE_LENGTH],
        changes_total=len(changed),
        owners=_owners(standings),
        upcoming=tuple(upcoming),
        records_sealed=records_sealed,
    )


def review_since(window: Window, as_of: datetime) -> datetime:
    """What *since last week* compares with: seven days before what is known, not before the window."""
    return max(window.start, window.seen_until(as_of) - timedelta(days=7))


def phase(window: Window, as_of: datetime) -> Phase:
    """Before, inside or after the window."""
    if as_of < window.start:
        return Phase.BEFORE
    return Phase.INSIDE if as_of < window.end else Phase.CLOSED


def counts(standings: Iterable[Standing]) -> tuple[Count, ...]:
    """Controls per state in fixed order; the rarer states only where they occur."""
    found = Counter(s.state for s in standings)
    return tuple(
        Count(state=state, controls=found[state]) for state in COUNTED if found[state] or state in ALWAYS_SHOWN
    )


def rows_per_page(weeks: int, show: Literal["issues", "all"]) -> int:
    """Rows that keep the page inside its byte budget (ux.md section 12): about 260 cells on the first view, 800 on
    the view of all controls."""
    return max(4, min(20, 260 // weeks)) if show == "issues" else max(12, min(50, 800 // weeks))


def heat_page(
    window: Window, as_of: datetime, standings: Sequence[Standing], show: Literal["issues", "all"], page: int
) -> HeatPage:
    """One page of heatmap rows, in the order of the groups; cells are computed only for the rows shown."""
    issues = [s for s in standings if s.has_issues]
    chosen = issues if show == "issues" else list(standings)
    size = rows_per_page(len(window.weeks), show)
    pages = max(1, -(-len(chosen) // size))
    page = max(1, min(page, pages))
    ordered = _worst_first(chosen) if show == "issues" else sorted(chosen, key=_by_group)
    shown = sorted(ordered[(page - 1) * size : page * size], key=_by_group)
    return HeatPage(
        rows=tuple(HeatRow(standing=s, cells=cells(s.timeline, window, as_of)) for s in shown),
        show=show,
        with_issues=len(issues),
        total=len(standings),
        page=page,
        pages=pages,
    )


def _by_group(item: Standing) -> tuple[str, str]:
    return (item.control.group, item.key)


def _worst_first(items: Iterable[Standing]) -> list[Standing]:
    rank = {State.EXCEPTION: 0, State.AT_RISK: 1}
    fallen = {True: 2, False: 3}  # was observed and stopped, before never collected
    return sorted(
        items,
        key=lambda s: (rank.get(s.state, fallen[s.parts_collected == s.parts_required]), s.control.group, s.key),
    )


def _by_urgency(item: Standing) -> tuple[int, float, str]:
    """Open before ended, at risk before not observed, then by date."""
    ended = item.state is State.EXCEPTION and not item.open
    blind = item.state is State.NOT_OBSERVED
    uncollected = blind and item.parts_collected < item.parts_required
    moment = item.date.timestamp() if item.date else float("inf")
    return (int(ended) + int(blind) + int(uncollected), -moment if ended else moment, item.key)


def _owners(standings: Iterable[Standing]) -> tuple[OwnedRed, ...]:
    by_owner: dict[Owner | None, list[Standing]] = {}
    for item in standings:
        if item.state in RED:
            by_owner.setdefault(item.control.owner, []).append(item)
    owned = [
        OwnedRed(
            owner=owner,
            exceptions=sum(s.state is State.EXCEPTION for s in items),
            at_risk=sum(s.state is State.AT_RISK for s in items),
            not_observed=sum(s.state is State.NOT_OBSERVED for s in items),
            oldest=min((s.since for s in items if s.since), default=None),
        )
        for owner, items in by_owner.items()
    ]
    return tuple(
        sorted(owned, key=lambda o: (-o.exceptions, -o.at_risk, -o.not_observed, o.owner.name if o.owner else ""))
    )
