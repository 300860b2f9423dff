"""Adopting controls of the library: /o/<slug>/controls/adopt/."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.catalog.types import LibraryControl
from compliance.pages.choose import Choice, choose_form, choose_page, done
from compliance.selectors.adopted import library_controls
from compliance.services import adopt_controls
from organizations.permissions import EDITORS, allow


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Library controls that are not in scope yet. ``criterion`` narrows them; ``all=core`` ticks those that every
    organization needs."""
    criterion = request.GET.get("criterion", "")
    offered = [c for c in library_controls() if not criterion or criterion in c.criteria]
    ticked = set(request.POST.getlist("keys"))
    if request.GET.get("all") == "core":
        ticked |= {c.key for c in offered if c.tier == "core"}
    form = choose_form(request, [c.key for c in offered], owner_required=False)
    if done(form, lambda: adopt_controls(keys=tuple(form.cleaned_data["keys"]), owner_id=form.cleaned_data["owner"])):
        count = len(form.cleaned_data["keys"])
        said = ngettext("%(n)d control is in scope now.", "%(n)d controls are in scope now.", count)
        messages.success(request, said % {"n": count})
        return redirect("controls", slug)
    words = {
        "heading": _("Adopt controls"),
        "criterion": criterion,
        "button": _("Adopt the chosen controls"),
        "hint": _(
            "Adopt what this organization really does: an adopted control is watched in every week of the window, "
            "and the auditor sees it."
        ),
        "adopting": True,
        "empty": _("Every control of the library is in scope."),
    }
    return choose_page(request, slug, form, _choices(offered, ticked), words)


def _choices(offered: Sequence[LibraryControl], ticked: Collection[str]) -> list[Choice]:
    return [
        Choice(
            key=c.key,
            title=c.title,
            statement=c.statement,
            criteria=c.criteria,
            group=c.lane,
            parts=len(c.parts),
            owner="",
            ticked=c.key in ticked,
        )
        for c in sorted(offered, key=lambda c: c.lane)
    ]
