"""The session of a request and the list of a person's sessions."""

from __future__ import annotations

import base64
import binascii

from django.conf import settings
from django.http import HttpRequest

from accounts.database import rows_as_sign_in
from accounts.types import SessionView

TOKEN_BYTES = 32
_UNPADDED = str.maketrans({"=": ""})


def cookie_value(token: bytes) -> str:
    """Return the cookie value of a token: urlsafe base64 without padding."""
    return base64.urlsafe_b64encode(token).decode("ascii").translate(_UNPADDED)


def session_token(request: HttpRequest) -> bytes | None:
    """Return the 32 bytes of the session cookie, or None if there is none or it is malformed.

    Says nothing about whether the session is open; only the database knows.
    """
    value = request.COOKIES.get(settings.SESSION_TOKEN_COOKIE, "")
    if not value or len(value) > 60 or not value.isascii():
        return None
    try:
        token = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return token if len(token) == TOKEN_BYTES else None


def sessions_of(token: bytes) -> tuple[SessionView, ...]:
    """Return the open sessions of the person whom `token` belongs to, the current one first."""
    rows = rows_as_sign_in(
        "select id, factors, opened_at, idle_until, expires_at, current from sec.my_sessions(%s)", [token]
    )
    views = (
        SessionView(
            id=row[0], factors=tuple(row[1]), opened_at=row[2], idle_until=row[3], expires_at=row[4], current=row[5]
        )
        for row in rows
    )
    return tuple(sorted(views, key=lambda view: (not view.current, -view.opened_at.timestamp())))
