"""Writing a control of one's own: /o/<slug>/controls/write/."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from compliance.catalog.load import checks as statements
from compliance.catalog.load import criteria
from compliance.checks.registry import CHECKS
from compliance.pages.addresses import addresses
from compliance.pages.forms import WriteControlForm
from compliance.selectors.in_scope import possible_owners
from compliance.services import write_control as write
from organizations.errors import AttestryError
from organizations.permissions import EDITORS, allow


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def write_control(request: HttpRequest, slug: str) -> HttpResponse:
    """A control whose parts are checks that are collected here; its duties and frequency follow from them."""
    form = WriteControlForm(
        request.POST if request.method == "POST" else None,
        checks=[(key, statements()[key].title) for key in CHECKS],
        criteria=tuple(criteria()),
        people=possible_owners(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            key = _write(form)
        except AttestryError as refusal:
            form.add_error(None, refusal.user_message)
        else:
            messages.success(request, _("%(key)s is in scope now.") % {"key": key})
            return redirect("control", slug, key)
    context = addresses(slug) | {"form": form}
    return render(request, "compliance/write_control.html", context, status=422 if form.errors else 200)


def _write(form: WriteControlForm) -> str:
    data = form.cleaned_data
    return write(
        key=data["key"] or None,
        title=data["title"],
        statement=data["statement"],
        criteria=data["criteria"],
        checks=tuple(data["checks"]),
        owner_id=data["owner"],
    )
