"""One control out of the database: its page, its records, who may own it, what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compliance.checks.registry import CHECKS
from compliance.selectors.control_page import ControlPage, assemble, covered_streams
from compliance.selectors.in_scope import controls_in_scope, possible_owners
from compliance.selectors.standing import Owner, Standing, standing
from compliance.selectors.window_timelines import window_timelines
from compliance.selectors.windows import current_window
from compliance.timeline.types import ControlTimeline
from evidence.selectors import records
from evidence.types import RecordView
from organizations.selectors.activity import ActivityView, activity

RECORDS = 6
ENTRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlReading:
    """The control page with what surrounds it. ``page`` is None while no window is set."""

    standing: Standing
    page: ControlPage | None
    records: tuple[RecordView, ...]
    activity: tuple[ActivityView, ...]
    people: tuple[Owner, ...]


def control(*, key: str, as_of: datetime, week: int | None = None) -> ControlReading | None:
    """The control with this key at ``as_of`` (aware UTC); None for a key that is not in scope here.

    Guarantee: the same number of queries at any number of controls, resources and records. Raises `scope.Unbound`.
    """
    found = next((item for item in controls_in_scope() if item.key == key), None)
    if found is None:
        return None
    window = current_window()
    empty = ControlTimeline(key=key, intervals=(), parts=(), candidates=())
    timeline = window_timelines(window, as_of, keys=(key,)).get(key, empty) if window else empty
    item = standing(found, timeline, as_of)
    page = assemble(standing=item, window=window, as_of=as_of, week=week) if window else None
    return ControlReading(
        standing=item,
        page=page,
        records=_records(page),
        people=possible_owners(),
        activity=activity(subject=f"control:{key}", limit=ENTRIES),
    )


def _records(page: ControlPage | None) -> tuple[RecordView, ...]:
    if page is None:
        return ()
    streams = covered_streams(page.parts, {check.id: check.streams for check in CHECKS.values()})
    if not streams:
        return ()
    return tuple(records(streams=streams, since=page.window.start, until=page.window.end, limit=RECORDS))
