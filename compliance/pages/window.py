"""The dates of the observation window: /o/<slug>/window/."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.pages.addresses import addresses, existing
from compliance.pages.forms import WindowForm
from compliance.selectors.windows import current_window
from compliance.services import set_window
from organizations.errors import AttestryError
from organizations.permissions import EDITORS, allow


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def window(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the first and the last day; they are calendar days in the organization's time zone."""
    now = current_window()
    initial = {"starts_on": now.starts_on, "ends_on": now.ends_on} if now else {}
    form = WindowForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_window(starts_on=form.cleaned_data["starts_on"], ends_on=form.cleaned_data["ends_on"])
        except AttestryError as refusal:
            form.add_error(None, refusal.user_message)
        else:
            messages.success(request, _("The window is set."))
            return redirect(existing("setup", slug) or existing("dashboard", slug) or "/")
    context = addresses(slug) | {"form": form, "window": now}
    return render(request, "compliance/window.html", context, status=422 if form.errors else 200)
