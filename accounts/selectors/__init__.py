"""What others may ask about the person who is signed in."""

from __future__ import annotations

from accounts.selectors.factors import factors_of
from accounts.selectors.people import find_person, is_strong, organizations_of, person_of, user_of, why_denied
from accounts.selectors.sessions import session_token, sessions_of

__all__ = [
    "factors_of",
    "find_person",
    "is_strong",
    "organizations_of",
    "person_of",
    "session_token",
    "sessions_of",
    "user_of",
    "why_denied",
]
