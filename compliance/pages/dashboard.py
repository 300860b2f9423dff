"""The weekly review: /o/<slug>/."""

from __future__ import annotations

from datetime import UTC
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.pages.addresses import addresses
from compliance.pages.weeks import MONTHS_ABOVE_FROM, months
from compliance.selectors.dashboard import dashboard as read_dashboard
from compliance.timeline.types import State
from organizations import clock
from organizations.permissions import READERS, allow


@require_safe
@allow(READERS)
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """The verdict on the window as it stands now. ``rows=all`` shows every control, ``page`` pages the rows."""
    show: Literal["issues", "all"] = "all" if request.GET.get("rows") == "all" else "issues"
    review = read_dashboard(as_of=clock.now(), show=show, page=page_number(request))
    context = addresses(slug)
    if review is None:
        return render(request, "compliance/no_window.html", context)
    window = review.window
    context |= {
        "review": review,
        "zone_name": window.zone.replace("_", " ").split("/")[-1],
        "utc_now": review.as_of.astimezone(UTC).strftime("%H:%M"),
        "share": f"{100 * review.day / window.days:.1f}%",
        "at_risk": review.controls_in(State.AT_RISK),
        "blind": review.controls_in(State.NOT_OBSERVED),
        "months": months(window) if len(window.weeks) >= MONTHS_ABOVE_FROM else (),
        "rows_parameter": "all" if show == "all" else "",
        "previous_page": review.heat.page - 1,
        "next_page": review.heat.page + 1,
    }
    with timezone.override(window.tz):
        return render(request, "compliance/dashboard.html", context)


def page_number(request: HttpRequest) -> int:
    """The page asked for, 1 for anything that is not a small number."""
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 6 else 1
