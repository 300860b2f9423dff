"""Giving controls to the people who answer for them: /o/<slug>/controls/owners/."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.pages.choose import Choice, choose_form, choose_page, done
from compliance.pages.forms import ChooseForm
from compliance.selectors.in_scope import controls_in_scope
from compliance.selectors.standing import ControlInScope
from compliance.services import assign_owner
from organizations.permissions import EDITORS, allow


@require_http_methods(["GET", "HEAD", "POST"])
@allow(EDITORS)
def owners(request: HttpRequest, slug: str) -> HttpResponse:
    """Give several controls to one person. Controls without an owner come first; ``all=unowned`` ticks them."""
    in_scope = sorted(controls_in_scope(), key=lambda c: (c.owner is not None, c.group, c.key))
    ticked = set(request.POST.getlist("keys"))
    if request.GET.get("all") == "unowned":
        ticked |= {c.key for c in in_scope if c.owner is None}
    form = choose_form(request, [c.key for c in in_scope], owner_required=True)
    if done(form, lambda: _give(form)):
        count = len(form.cleaned_data["keys"])
        said = ngettext("%(n)d control has its owner.", "%(n)d controls have their owner.", count)
        messages.success(request, said % {"n": count})
        return redirect("owners", slug)
    words = {
        "heading": _("Owners of controls"),
        "button": _("Give the chosen controls to this person"),
        "hint": _("Nothing red without a person: each control has exactly one owner before the window opens."),
        "adopting": False,
        "empty": _("No control is in scope yet."),
    }
    return choose_page(request, slug, form, _choices(in_scope, ticked), words)


def _give(form: ChooseForm) -> None:
    for key in form.cleaned_data["keys"]:
        assign_owner(control_key=key, member_id=form.cleaned_data["owner"])


def _choices(in_scope: Sequence[ControlInScope], ticked: Collection[str]) -> list[Choice]:
    return [
        Choice(
            key=c.key,
            title=c.title,
            statement="",
            criteria=c.criteria,
            group="none" if c.owner is None else c.group,
            parts=0,
            owner=c.owner.name if c.owner else "",
            ticked=c.key in ticked,
        )
        for c in in_scope
    ]
