"""What others may ask about the person who is signed in."""

from __future__ import annotations

from accounts.selectors.factors import factors_of
from accounts.selectors.people import organizations_of, person_of, user_of, why_denied
from accounts.selectors.sessions import session_token, sessions_of

__all__ = [
    "factors_of",
    "organizations_of",
    "person_of",
    "session_token",
    "sessions_of",
    "user_of",
    "why_denied",
]
