"""Opening and closing sessions.

A session row exists only after every required factor: `open_session` is called
from `accounts.adapter` when allauth reports the login complete, and from the
set-up of a second factor. The database notes each act in `sec.event` by
trigger, in the same transaction (security.md 4.2).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError

from accounts.database import rows_as_process, value_as_sign_in


def open_session(*, person_id: UUID, factors: Collection[str]) -> bytes:
    """Open a session and return its 32-byte token; only the token's hash is stored.

    `factors` are the factors the person has just given, out of `password`,
    `totp`, `recovery`. The session ends after `settings.SESSION_TOKEN_SECONDS`
    at the latest. Raises `django.db.DatabaseError` when no first factor is named.
    """
    lifetime = timedelta(seconds=settings.SESSION_TOKEN_SECONDS)
    return bytes(value_as_sign_in("select sec.open_session(%s, %s, %s)", [person_id, sorted(set(factors)), lifetime]))


def close_session(*, token: bytes) -> None:
    """Close the session of this token at once; closing a closed one changes nothing."""
    value_as_sign_in("select sec.close_session(%s)", [token])


def close_all_sessions(*, person_id: UUID) -> None:
    """Close every session of a person at once, on every device."""
    value_as_sign_in("select sec.close_sessions(%s)", [person_id])


def revoke_session(*, token: bytes, session_id: UUID) -> bool:
    """Close one of the own sessions by its id and say whether there was one to close.

    The database looks only at sessions of the person whom `token` belongs to, so
    the id of another person's session closes nothing.
    """
    try:
        answer = value_as_sign_in("select sec.revoke_session(%s, %s)", [token, session_id])
    except DatabaseError:
        return False
    return answer is not False


def rotate_session(*, token: bytes | None, person_id: UUID, factors: Collection[str]) -> bytes:
    """Open a new session with these factors and close the old one: tokens change at each step-up."""
    fresh = open_session(person_id=person_id, factors=factors)
    if token is not None:
        close_session(token=token)
    return fresh


def touch_session(*, token: bytes) -> None:
    """Move the idle limit of the session forward, at most once a minute per session.

    The minute is kept by the database function itself.
    """
    rows_as_process("select sec.touch_session(%s)", [token])
