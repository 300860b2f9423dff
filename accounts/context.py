"""Template context: who is signed in. The theme comes from its cookie, in the shell's context."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.selectors.people import view_of
from accounts.types import PersonView

# Holds `light` or `dark` and nothing else; set at sign-in from what the person chose.
THEME_COOKIE = "theme"


def person(request: HttpRequest) -> dict[str, Any]:
    """Return `person`: a PersonView or something false, looked up only where a template prints it."""
    return {"person": SimpleLazyObject(lambda: _found(request))}


def _found(request: HttpRequest) -> PersonView | None:
    user = getattr(request, "user", None)
    return view_of(user) if user is not None and user.is_authenticated else None
