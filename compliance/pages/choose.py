"""Adopting controls of the library, and giving controls to their owners: several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from compliance.pages.addresses import addresses
from compliance.pages.forms import ChooseForm
from compliance.selectors.adopted import library_controls
from compliance.selectors.in_scope import controls_in_scope, possible_owners
from compliance.services import adopt_controls, assign_owner
from organizations.errors import AttestryError
from organizations.permissions import EDITORS, allow


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One control that can be ticked."""

    key: str
    title: str
    statement: str
    criteria: tuple[str, ...]
    group: str
    parts: int
    owner: str
    ticked: bool


@require_http_methods(["GET", "POST"])
@allow(EDITORS)
def adopt(request: HttpRequest, slug: str) -> HttpResponse:
    """Library controls that are not in scope yet. ``criterion`` narrows them; ``all=core`` ticks those that every
    organization needs."""
    criterion = request.GET.get("criterion", "")
    offered = [c for c in library_controls() if not criterion or criterion in c.criteria]
    ticked = set(request.POST.getlist("keys"))
    if request.GET.get("all") == "core":
        ticked |= {c.key for c in offered if c.tier == "core"}
    choices = [
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
    form = ChooseForm(
        request.POST if request.method == "POST" else None,
        keys=[c.key for c in offered],
        people=possible_owners(),
        owner_required=False,
    )
    if request.method == "POST" and form.is_valid():
        keys = form.cleaned_data["keys"]
        refused = _try(form, lambda: adopt_controls(keys=tuple(keys), owner_id=form.cleaned_data["owner"]))
        if not refused:
            done = ngettext("%(n)d control is in scope now.", "%(n)d controls are in scope now.", len(keys))
            messages.success(request, done % {"n": len(keys)})
            return redirect("controls", slug)
    return _render(
        request,
        slug,
        form,
        choices,
        {
            "heading": _("Adopt controls"),
            "criterion": criterion,
            "button": _("Adopt the chosen controls"),
            "hint": _(
                "Adopt what this organization really does: an adopted control is watched in every week of the window, "
                "and the auditor sees it."
            ),
            "adopting": True,
            "empty": _("Every control of the library is in scope."),
        },
    )


@require_http_methods(["GET", "POST"])
@allow(EDITORS)
def owners(request: HttpRequest, slug: str) -> HttpResponse:
    """Give several controls to one person. Controls without an owner come first."""
    in_scope = sorted(controls_in_scope(), key=lambda c: (c.owner is not None, c.group, c.key))
    ticked = set(request.POST.getlist("keys"))
    if request.GET.get("all") == "unowned":
        ticked |= {c.key for c in in_scope if c.owner is None}
    choices = [
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
    form = ChooseForm(
        request.POST if request.method == "POST" else None,
        keys=[c.key for c in in_scope],
        people=possible_owners(),
        owner_required=True,
    )
    if request.method == "POST" and form.is_valid():
        keys, owner = form.cleaned_data["keys"], form.cleaned_data["owner"]
        refused = _try(form, lambda: _give(keys, owner))
        if not refused:
            done = ngettext("%(n)d control has its owner.", "%(n)d controls have their owner.", len(keys))
            messages.success(request, done % {"n": len(keys)})
            return redirect("owners", slug)
    return _render(
        request,
        slug,
        form,
        choices,
        {
            "heading": _("Owners of controls"),
            "button": _("Give the chosen controls to this person"),
            "hint": _("Nothing red without a person: each control has exactly one owner before the window opens."),
            "adopting": False,
            "empty": _("No control is in scope yet."),
        },
    )


def _give(keys: Sequence[str], owner: UUID) -> None:
    for key in keys:
        assign_owner(control_key=key, member_id=owner)


def _try(form: ChooseForm, act: Callable[[], object]) -> bool:
    """Whether the act was refused; the refusal is on the form then."""
    try:
        act()
    except AttestryError as refusal:
        form.add_error(None, refusal.user_message)
        return True
    return False


def _render(
    request: HttpRequest, slug: str, form: ChooseForm, choices: Sequence[Choice], words: dict[str, Any]
) -> HttpResponse:
    context = addresses(slug) | words | {"form": form, "choices": choices}
    return render(request, "compliance/choose.html", context, status=422 if form.errors else 200)
