"""What others may ask the accounts room to do."""

from __future__ import annotations

from accounts.services.attempts import attempt_is_allowed
from accounts.services.joining import accept_invitation, found_organization, invitation_offer
from accounts.services.people import create_person, rename_person, set_preferences
from accounts.services.sessions import (
    close_all_sessions,
    close_session,
    open_session,
    revoke_session,
    rotate_session,
    touch_session,
)

__all__ = [
    "accept_invitation",
    "attempt_is_allowed",
    "close_all_sessions",
    "close_session",
    "create_person",
    "found_organization",
    "invitation_offer",
    "open_session",
    "rename_person",
    "revoke_session",
    "rotate_session",
    "set_preferences",
    "touch_session",
]
