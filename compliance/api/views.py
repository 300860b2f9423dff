"""Status over time for the token's organization: the same selectors as the pages."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from compliance.api.shapes import (
    ControlAnswer,
    ControlView,
    CriterionView,
    DashboardAnswer,
    HeatRowView,
    WindowAnswer,
    control_state,
    control_view,
    heat_row_view,
    review_view,
    window_view,
)
from compliance.selectors.control import control
from compliance.selectors.control_list import Query, listing
from compliance.selectors.dashboard import dashboard
from compliance.selectors.framework import framework
from compliance.selectors.in_window import standings
from compliance.selectors.weekly_review import HeatRow
from compliance.selectors.windows import current_window
from compliance.timeline.types import State
from compliance.timeline.weeks import cells
from organizations import clock
from organizations.api.door import ApiView
from organizations.api.parameters import CURSOR, LIMIT, BadParameter, Page, Parameter, decode_cursor, encode_cursor

STATES = tuple(state.value for state in State)
WIDEST = 50


class ObservationWindow(ApiView):
    """GET: the window in force."""

    summary = "The observation window"
    answer = WindowAnswer

    def get(self, request: Request, slug: str) -> Response:
        """First and last day, zone, and the same as moments."""
        window = current_window()
        return Response(WindowAnswer(window=window_view(window) if window else None))


class Dashboard(ApiView):
    """GET: the weekly review."""

    summary = "The weekly review: counts, candidates, what can be kept out, changes, owners"
    answer = DashboardAnswer

    def get(self, request: Request, slug: str) -> Response:
        """What the dashboard says now."""
        now = clock.now()
        review = dashboard(as_of=now)
        if review is None:
            return Response(DashboardAnswer(window=None, as_of=now, review=None))
        return Response(DashboardAnswer(window=window_view(review.window), as_of=now, review=review_view(review)))


class Heatmap(ApiView):
    """GET: weeks of the controls, by key."""

    summary = "Worst state of each control in each week"
    answer = Page[HeatRowView]
    parameters = (LIMIT, CURSOR)

    def get(self, request: Request, slug: str) -> Response:
        """One page of rows; an empty one without a window."""
        now = clock.now()
        found = standings(now)
        if found is None:
            return Response(Page(items=[], next=None))
        window, items = found
        first, limit = _first(self.values.get("cursor")), min(self.values.get("limit", WIDEST), WIDEST)
        rows = [
            heat_row_view(HeatRow(standing=item, cells=cells(item.timeline, window, now)))
            for item in items[first : first + limit]
        ]
        return Response(Page(items=rows, next=_next(first + limit, len(items))))


class Controls(ApiView):
    """GET: controls in scope with their standing."""

    summary = "Controls in scope and how they stand"
    answer = Page[ControlView]
    parameters = (
        LIMIT,
        CURSOR,
        Parameter(name="state", type=str, description="Only controls counted under this state.", choices=STATES),
        Parameter(name="criterion", type=str, description="Only controls that answer this criterion, such as CC6.1."),
        Parameter(name="q", type=str, description="Words in key, name, statement or criteria."),
    )

    def get(self, request: Request, slug: str) -> Response:
        """By key. Empty without a window."""
        found = standings(clock.now())
        items = found[1] if found else ()
        values = self.values
        query = Query(
            state=values.get("state", ""), criterion=values.get("criterion", ""), text=values.get("q", ""), sort="key"
        )
        first, limit = _first(values.get("cursor")), values.get("limit", 50)
        matching = listing(items, query, rows=max(1, len(items))).rows
        return Response(
            Page(
                items=[control_view(item) for item in matching[first : first + limit]],
                next=_next(first + limit, len(matching)),
            )
        )


class Control(ApiView):
    """GET: one control."""

    summary = "One control: intervals, parts, candidates, newest records"
    answer = ControlAnswer

    def get(self, request: Request, slug: str, key: str) -> Response:
        """Everything that the control page says."""
        now = clock.now()
        reading = control(key=key, as_of=now)
        if reading is None:
            raise Http404
        window = reading.page.window if reading.page else None
        return Response(
            ControlAnswer(
                control=control_view(reading.standing),
                window=window_view(window) if window else None,
                as_of=now,
                timeline=reading.standing.timeline,
                records=tuple(record.seq for record in reading.records),
            )
        )


class Framework(ApiView):
    """GET: criteria with their controls."""

    summary = "Every criterion with the controls that answer it"
    answer = Page[CriterionView]
    parameters = (Parameter(name="q", type=str, description="Words in a criterion or its controls."),)

    def get(self, request: Request, slug: str) -> Response:
        """All on one page: a framework has tens."""
        page = framework(as_of=clock.now(), text=self.values.get("q", "")[:80])
        rows = [
            CriterionView(
                id=row.criterion.id,
                series=row.criterion.series,
                category=row.criterion.category,
                title=row.criterion.title,
                controls=tuple(control_state(item) for item in row.controls),
                library_not_adopted=row.library,
            )
            for series in page.series
            for row in series.rows
        ]
        return Response(Page(items=rows, next=None))


def _first(cursor: str | None) -> int:
    if cursor is None:
        return 0
    first = decode_cursor(cursor).get("first")
    if type(first) is not int or not 0 <= first <= 1_000_000:
        raise BadParameter("This cursor is not one of ours.", what_to_do="Start again without it.")
    return first


def _next(first: int, found: int) -> str | None:
    return encode_cursor({"first": first}) if first < found else None
