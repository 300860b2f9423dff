"""The HTTP door of the scope: everything under /o/<slug>/ runs inside one bound transaction."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.db import connections, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import page_not_found

from accounts.selectors import session_token, why_denied
from organizations import scope
from organizations.selectors import organization

# Exactly what `<slug:slug>` matches: an address that the resolver finds and this does not would run unbound.
_PATH = re.compile(r"^/o/(?P<slug>[-a-zA-Z0-9_]+)/")


class OrganizationMiddleware:
    """Bind, run the view, commit; roll back whatever answered 400 or more, so that a refusal never leaves half a write.

    Sets `request.scope`, `request.organization` and, for an auditor, `request.access_ends`. A slug of which the person
    is not a live member answers exactly like one that does not exist.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        matched = _PATH.match(request.path_info)
        if matched is None:
            return self.get_response(request)
        response = self._answer(request, matched["slug"])
        # Refusals too: whether there is something to see here is nobody else's business.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _answer(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        token = session_token(request)
        if token is None:
            return redirect_to_login(request.get_full_path(), reverse("accounts:sign-in"))
        try:
            return self._bound(request, token, slug)
        except scope.Denied:
            return self._denied(request, token, slug)

    def _bound(self, request: HttpRequest, token: bytes, slug: str) -> HttpResponseBase:
        with scope.session(token, slug) as bound:
            request.scope = bound  # type: ignore[attr-defined]
            request.organization = organization()  # type: ignore[attr-defined]
            request.access_ends = _access_ends() if bound.role == "auditor" else None  # type: ignore[attr-defined]
            with timezone.override(request.organization.zone):  # type: ignore[attr-defined]
                response = self.get_response(request)
            if response.streaming:
                raise RuntimeError("A streaming response would run after the scope has closed.")
            if response.status_code >= 400:
                transaction.set_rollback(True, using=scope.ALIAS)
            elif bound.role == "auditor":
                _note_read(request)
        if bound.idle:
            # On its own, after the commit: a lock on the session row would queue a person's parallel requests.
            with connections[scope.ALIAS].cursor() as cursor:
                cursor.execute("select sec.touch_session(%s)", (token,))
        return response

    def _denied(self, request: HttpRequest, token: bytes, slug: str) -> HttpResponse:
        reason = why_denied(token, slug)
        if reason == "signed_out":
            return redirect_to_login(request.get_full_path(), reverse("accounts:sign-in"))
        if reason == "second_factor":
            return HttpResponseRedirect(reverse("accounts:second-factor"))
        return page_not_found(request, Http404())


def _access_ends() -> object:
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select valid_to from sec.members() where member_id = sec.actor()")
        return cursor.fetchone()[0]


def _note_read(request: HttpRequest) -> None:
    """Each page that an auditor reads is noted, by the one definer function that this role may call to write."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select sec.note_read('page', %s)", (request.get_full_path()[:500],))
