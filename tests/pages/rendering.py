"""Renders a template of the shell the way a request would, without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from compliance.pages.drawing import draw
from compliance.pages.weeks import MONTHS_ABOVE_FROM, months
from compliance.selectors.control_page import assemble as assemble_control
from compliance.selectors.weekly_review import assemble
from compliance.timeline.types import State
from tests.pages.samples import NOW, WINDOW

ADDRESSES = {
    "controls_url": "/o/halyard-ai/controls/",
    "control_url": "/o/halyard-ai/controls/",
    "framework_url": "/o/halyard-ai/framework/",
    "records_url": "/o/halyard-ai/evidence/",
    "connections_url": "/o/halyard-ai/connections/",
    "connect_url": "/o/halyard-ai/connect/",
    "setup_url": "/o/halyard-ai/setup/",
    "activity_url": "/o/halyard-ai/activity/",
}


def render(template: str, context: dict[str, Any], *, role: str = "security_owner", **parameters: str) -> str:
    """The page as a person of this role gets it."""
    request = RequestFactory().get("/o/halyard-ai/", parameters)
    request.scope = SimpleNamespace(role=role, slug="halyard-ai")
    request.organization = SimpleNamespace(name="Halyard AI", slug="halyard-ai", sandbox=False, time_zone="UTC")
    request.resolver_match = SimpleNamespace(url_name="dashboard")
    can_edit = role in ("owner", "security_owner")
    with timezone.override(WINDOW.tz):
        return render_to_string(template, {**ADDRESSES, "can_edit": can_edit, **context}, request=request)


def dashboard(standings, *, window=WINDOW, as_of=NOW, show="issues", page=1, **options) -> str:
    """The dashboard over hand-made standings."""
    review = assemble(window=window, as_of=as_of, standings=standings, show=show, page=page, records_sealed=5412)
    context = {
        "review": review,
        "zone_name": "New York",
        "utc_now": "14:12",
        "share": f"{100 * review.day / window.days:.1f}%",
        "at_risk": review.controls_in(State.AT_RISK),
        "blind": review.controls_in(State.NOT_OBSERVED),
        "months": months(window) if len(window.weeks) >= MONTHS_ABOVE_FROM else (),
        "rows_parameter": "",
        "previous_page": page - 1,
        "next_page": page + 1,
    }
    return render("compliance/dashboard.html", context, **options)


def control_page(standing, *, window=WINDOW, as_of=NOW, week=None, records=(), activity=(), **options) -> str:
    """The control page over a hand-made standing."""
    page = assemble_control(standing=standing, window=window, as_of=as_of, week=week)
    context = {
        "item": standing,
        "page": page,
        "chosen": "window",
        "reading": SimpleNamespace(records=records, activity=activity),
        "drawing": draw(window, as_of, "window", "Control", standing.timeline.intervals, page.parts),
        "intervals": tuple(reversed(standing.timeline.intervals)),
    }
    return render("compliance/control.html", context, **options)
