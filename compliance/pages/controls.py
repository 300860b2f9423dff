"""The list of controls: /o/<slug>/controls/."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.pages.addresses import addresses
from compliance.selectors.control_list import parse
from compliance.selectors.controls import controls as read_controls
from organizations import clock
from organizations.permissions import READERS, allow


@require_safe
@allow(READERS)
def controls(request: HttpRequest, slug: str) -> HttpResponse:
    """Controls in scope, filtered and sorted by the address; unknown parameters are named and ignored."""
    found = read_controls(as_of=clock.now(), query=parse(request.GET.dict()))
    context = addresses(slug)
    if found is None:
        return render(request, "compliance/no_window.html", context)
    listed, window = found
    context |= {
        "listed": listed,
        "window": window,
        "previous_page": listed.page - 1,
        "next_page": listed.page + 1,
    }
    with timezone.override(window.tz):
        return render(request, "compliance/controls.html", context)
