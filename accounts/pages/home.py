"""The list of a person's organizations, and the page about a missing second factor."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.selectors import factors_of, organizations_of


def signed_in_user(request: HttpRequest) -> User:
    """Return the person of the request; only after `login_required`."""
    return cast(User, request.user)


def token_of(request: HttpRequest) -> bytes:
    """Return the session token of the request; only after `login_required`."""
    carried: Any = request
    return cast(bytes, carried.session_token)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """List the person's organizations. Who is signed out signs in and goes on to the front door."""
    if not request.user.is_authenticated:
        return redirect("accounts:sign-in")
    entries = organizations_of(token_of(request))
    return render(
        request,
        "accounts/home.html",
        {
            "entries": entries,
            "lacks_factor": not factors_of(signed_in_user(request).pk).authenticator,
            "may_found": settings.PROCESS != "auditor",
            "other_address": settings.HOST_URL if settings.PROCESS == "auditor" else settings.AUDITOR_URL,
        },
    )


@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Say why an organization stays closed without a second factor, and what to do."""
    entries = [entry for entry in organizations_of(token_of(request)) if entry.needs_factor]
    return render(
        request,
        "accounts/second_factor.html",
        {"entries": entries, "has_factor": factors_of(signed_in_user(request).pk).authenticator},
    )
