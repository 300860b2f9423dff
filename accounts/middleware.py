"""From the session cookie to the request, and back to the browser.

Sets on every request: `session_token` (32 bytes or None; not yet known to be
open) and a lazy `user` (the person of an open session, else anonymous). The
cookie is set after a login or a step-up and removed after signing out.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from redis.exceptions import RedisError

from accounts.context import THEME_COOKIE
from accounts.models import User
from accounts.selectors.people import user_of
from accounts.selectors.sessions import cookie_value, session_token
from accounts.services.sessions import touch_session

ACCOUNT_PATH = "/account/"
YEAR_SECONDS = 365 * 24 * 3600


class SessionTokenMiddleware:
    """Django middleware; see the module docstring."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = session_token(request)
        carried: Any = request
        carried.session_token, carried.issued_token, carried.close_token = token, None, False
        carried.user = SimpleLazyObject(lambda: user_of(token) or AnonymousUser())
        on_account_page = request.path.startswith(ACCOUNT_PATH)
        if on_account_page and token is not None:
            touch_session(token=token)
        with _zone_of(request) if on_account_page else nullcontext():
            response = self.get_response(request)
        if on_account_page:
            add_never_cache_headers(response)
            patch_cache_control(response, private=True, no_store=True)
            patch_vary_headers(response, ("Cookie",))
        if carried.issued_token is not None:
            set_session_cookie(response, carried.issued_token)
            set_theme_cookie(response, carried.user.theme)
        elif carried.close_token:
            response.delete_cookie(settings.SESSION_TOKEN_COOKIE, path="/", samesite="Lax")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Refuse to sign anybody in while the counts of attempts cannot be read.

        Closed for authentication (security.md 5): without Redis there is no
        limit on attempts, so the sign-in pages answer 503.
        """
        if isinstance(exception, RedisError) and request.path.startswith(ACCOUNT_PATH):
            return render(request, "503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
        return None


def _zone_of(request: HttpRequest) -> AbstractContextManager[None]:
    """The time zone that the person chose for account pages, UTC for everybody else."""
    user = request.user
    chosen = getattr(user, "time_zone", "") if user.is_authenticated else ""
    return timezone.override(ZoneInfo(chosen or "UTC"))


def set_theme_cookie(response: HttpResponse, theme: str) -> None:
    """Keep a chosen theme in a cookie, so that the server renders each page in it without asking the database."""
    if theme in {User.Theme.LIGHT, User.Theme.DARK}:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=YEAR_SECONDS,
            path="/",
            samesite="Lax",
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(THEME_COOKIE, path="/", samesite="Lax")


def set_session_cookie(response: HttpResponse, token: bytes) -> None:
    """Give the browser the session token: not readable by script, same site only, gone with the session."""
    response.set_cookie(
        settings.SESSION_TOKEN_COOKIE,
        cookie_value(token),
        max_age=settings.SESSION_TOKEN_SECONDS,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
