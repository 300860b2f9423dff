"""What the API answers: the same standings, reviews and timelines as the pages, without their words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from compliance.selectors.changes import Change
from compliance.selectors.standing import Owner, Standing
from compliance.selectors.weekly_review import Count, HeatRow, OwnedRed, Upcoming, WeeklyReview
from compliance.timeline.types import Cause, ControlTimeline
from compliance.timeline.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowView:
    """The observation window: calendar days in ``zone``, moments in UTC, half-open."""

    starts_on: date
    ends_on: date
    zone: str
    starts_at: datetime
    ends_at: datetime
    days: int
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowAnswer:
    """The window in force, null before the first was set."""

    window: WindowView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlView:
    """A control in scope with its standing. ``next`` says what ``next_at`` means; states are null without a window."""

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
    state: str
    now: str
    since: datetime | None
    next: str
    next_at: datetime | None
    reason: str
    cause: Cause | None
    cause_count: int
    candidates_open: int
    candidates_ended: int
    parts_collected: int
    parts_required: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlAnswer:
    """One control with its intervals, parts, candidates and breaks over the window, and its newest records."""

    control: ControlView
    window: WindowView | None
    as_of: datetime
    timeline: ControlTimeline
    records: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewView:
    """The weekly review. The counts sum to ``in_scope``; the lists hold the most urgent, their totals count all."""

    phase: str
    day: int
    days_left: int
    week: int | None
    in_scope: int
    counts: tuple[Count, ...]
    candidates: tuple[ControlView, ...]
    candidates_total: int
    avoidable: tuple[ControlView, ...]
    avoidable_total: int
    since: datetime
    changes: tuple[Change, ...]
    owners: tuple[OwnedRed, ...]
    upcoming: tuple[Upcoming, ...]
    records_sealed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardAnswer:
    """The window and its review, null before a window was set."""

    window: WindowView | None
    as_of: datetime
    review: ReviewView | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """One week of one control: worst state met, days it touches, events in it; null for a week not reached."""

    week: int
    first_day: date
    last_day: date
    state: str | None
    days: int
    events: int
    due: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRowView:
    """One control's weeks."""

    key: str
    cells: tuple[CellView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlState:
    """A control's key, name and state."""

    key: str
    title: str
    state: str
    parts_collected: int
    parts_required: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """A criterion with the controls in scope that answer it, worst first."""

    id: str
    series: str
    category: str
    title: str
    controls: tuple[ControlState, ...]
    library_not_adopted: int


def window_view(window: Window) -> WindowView:
    """The window as the API shows it."""
    return WindowView(
        starts_on=window.starts_on,
        ends_on=window.ends_on,
        zone=window.zone,
        starts_at=window.start,
        ends_at=window.end,
        days=window.days,
        weeks=len(window.weeks),
    )


def control_view(item: Standing) -> ControlView:
    """A standing as the API shows it."""
    control = item.control
    return ControlView(
        key=control.key,
        title=control.title,
        statement=control.statement,
        criteria=control.criteria,
        group=control.group,
        duties=control.duties,
        frequency=control.frequency,
        owner=control.owner,
        written=control.written,
        version=control.version,
        definition_changed_at=control.definition_changed_at,
        state=item.state.value,
        now=item.now.value,
        since=item.since,
        next=item.next.value,
        next_at=item.date,
        reason=item.reason,
        cause=item.cause,
        cause_count=item.cause_count,
        candidates_open=item.candidates_open,
        candidates_ended=item.candidates_ended,
        parts_collected=item.parts_collected,
        parts_required=item.parts_required,
        missing=item.missing,
    )


def review_view(review: WeeklyReview) -> ReviewView:
    """The weekly review as the API shows it."""
    return ReviewView(
        phase=review.phase.value,
        day=review.day,
        days_left=review.days_left,
        week=review.week,
        in_scope=review.in_scope,
        counts=review.counts,
        candidates=tuple(control_view(item) for item in review.candidates),
        candidates_total=review.candidates_total,
        avoidable=tuple(control_view(item) for item in review.avoidable),
        avoidable_total=review.avoidable_total,
        since=review.since,
        changes=review.changes,
        owners=review.owners,
        upcoming=review.upcoming,
        records_sealed=review.records_sealed,
    )


def heat_row_view(row: HeatRow) -> HeatRowView:
    """One row of the heatmap as the API shows it."""
    return HeatRowView(
        key=row.standing.key,
        cells=tuple(
            CellView(
                week=cell.week.number,
                first_day=cell.week.first_day,
                last_day=cell.week.last_day,
                state=cell.state.value if cell.state else None,
                days=cell.days,
                events=cell.events,
                due=cell.due,
            )
            for cell in row.cells
        ),
    )


def control_state(item: Standing) -> ControlState:
    """A standing in one line."""
    return ControlState(
        key=item.key,
        title=item.control.title,
        state=item.state.value,
        parts_collected=item.parts_collected,
        parts_required=item.parts_required,
    )
