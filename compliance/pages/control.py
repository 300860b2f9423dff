"""One control: /o/<slug>/controls/<key>/, and the form that gives it another owner."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from compliance.pages.addresses import addresses
from compliance.pages.drawing import RANGES, draw
from compliance.pages.forms import OwnerForm
from compliance.selectors.control import ControlReading
from compliance.selectors.control import control as read_control
from compliance.services import assign_owner
from organizations import clock
from organizations.errors import AttestryError
from organizations.permissions import EDITORS, READERS, allow


@require_safe
@allow(READERS)
def control(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The control over the window. ``week`` singles out one week, ``r`` the drawn span (window, 30d, 7d)."""
    return _page(request, slug, _read(request, key))


@require_http_methods(["POST"])
@allow(EDITORS)
def change_owner(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Give the control to another member. A refusal keeps the form with its message."""
    reading = _read(request, key)
    form = OwnerForm(request.POST, people=reading.people)
    if form.is_valid():
        try:
            assign_owner(control_key=key, member_id=form.cleaned_data["owner"])
        except AttestryError as refusal:
            form.add_error("owner", refusal.user_message)
        else:
            messages.success(request, _("%(key)s has another owner now.") % {"key": key})
            return redirect("control", slug, key)
    return _page(request, slug, reading, owner_form=form, status=422)


def _read(request: HttpRequest, key: str) -> ControlReading:
    week = request.GET.get("week", "")
    found = read_control(key=key, as_of=clock.now(), week=int(week) if week.isdecimal() and len(week) < 4 else None)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, slug: str, reading: ControlReading, *, owner_form: OwnerForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = addresses(slug) | {"reading": reading, "item": reading.standing}
    page = reading.page
    if context["can_edit"]:
        owner = reading.standing.control.owner
        context["owner_form"] = owner_form or OwnerForm(
            people=reading.people, initial={"owner": owner.id if owner else None}
        )
    if page is None:  # no window yet: what the organization says, without any state
        return render(request, "compliance/control_no_window.html", context, status=status)
    chosen = request.GET.get("r", "window")
    context |= {
        "page": page,
        "chosen": chosen if chosen in RANGES else "window",
        "drawing": draw(page.window, page.as_of, chosen, _("Control"), page.standing.timeline.intervals, page.parts),
        "intervals": tuple(reversed(page.standing.timeline.intervals)),
    }
    with timezone.override(page.window.tz):
        return render(request, "compliance/control.html", context, status=status)
