"""What the pages share on which several controls are ticked at once: the choices, the form, the refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from compliance.pages.addresses import addresses
from compliance.pages.forms import ChooseForm
from compliance.selectors.in_scope import possible_owners
from organizations.errors import AttestryError


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


def choose_form(request: HttpRequest, keys: Sequence[str], *, owner_required: bool) -> ChooseForm:
    """The form over these keys, bound when the request posts it."""
    data = request.POST if request.method == "POST" else None
    return ChooseForm(data, keys=keys, people=possible_owners(), owner_required=owner_required)


def done(form: ChooseForm, act: Callable[[], object]) -> bool:
    """Whether a valid form's act went through; a refusal is put on the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except AttestryError as refusal:
        form.add_error(None, refusal.user_message)
        return False
    return True


def choose_page(
    request: HttpRequest, slug: str, form: ChooseForm, choices: Sequence[Choice], words: dict[str, Any]
) -> HttpResponse:
    """The page with its ticks; 422 when the form was refused."""
    context = addresses(slug) | words | {"form": form, "choices": choices}
    return render(request, "compliance/choose.html", context, status=422 if form.errors else 200)
