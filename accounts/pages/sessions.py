"""The open sessions of the person who is signed in."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.pages.home import token_of
from accounts.selectors import sessions_of
from accounts.services import revoke_session


@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List the open sessions, this one first."""
    idle = 30 if settings.PROCESS == "auditor" else 15
    context = {"sessions": sessions_of(token_of(request)), "idle_minutes": idle}
    return render(request, "accounts/sessions.html", context)


@login_required
@require_POST
def revoke(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Close one own session. Another person's session id answers like one that does not exist."""
    token = token_of(request)
    known = {view.id: view for view in sessions_of(token)}
    if session_id not in known:
        raise Http404
    revoke_session(token=token, session_id=session_id)
    if known[session_id].current:
        messages.success(request, _("You are signed out."))
        return redirect("accounts:sign-in")
    messages.success(request, _("The session is closed."))
    return redirect("accounts:sessions")


@login_required
@require_POST
def revoke_others(request: HttpRequest) -> HttpResponse:
    """Close all own sessions but this one."""
    token = token_of(request)
    others = [view for view in sessions_of(token) if not view.current]
    for view in others:
        revoke_session(token=token, session_id=view.id)
    messages.success(request, _("All other sessions are closed."))
    return redirect("accounts:sessions")
