"""The address without a path: where somebody who types the host's name wants to be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.selectors import organizations_of, session_token


@require_safe
def front_door(request: HttpRequest) -> HttpResponseRedirect:
    """The dashboard of a person's only organization, else the list of them, which asks who is signed out to sign in."""
    token = session_token(request)
    entries = organizations_of(token) if token else ()
    if len(entries) == 1 and not entries[0].needs_factor:
        return HttpResponseRedirect(reverse("dashboard", args=(entries[0].slug,)))
    return HttpResponseRedirect(reverse("accounts:home"))
