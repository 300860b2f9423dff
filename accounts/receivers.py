"""What follows from allauth's signals."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.signals import password_reset, user_signed_up
from django.http import HttpRequest

from accounts.models import User
from accounts.services.sessions import close_all_sessions


def connect() -> None:
    """Connect the receivers; called once at start-up."""
    password_reset.connect(_close_sessions, dispatch_uid="accounts.close-sessions")
    user_signed_up.connect(_note_password, dispatch_uid="accounts.note-password")


def _close_sessions(*, user: User, **_rest: Any) -> None:
    # Who resets a password may do so because someone else knew it.
    close_all_sessions(person_id=user.pk)


def _note_password(*, request: HttpRequest, user: User, **_rest: Any) -> None:
    # Signing up sets the password; allauth notes it as a factor only when signing in.
    record_authentication(request, user, method="password")
