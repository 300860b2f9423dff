"""Template context: who is signed in, and the theme that the server renders."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.selectors.people import view_of
from accounts.types import PersonView

# Holds `light` or `dark` and nothing else; set at sign-in from what the person chose.
THEME_COOKIE = "theme"


def person(request: HttpRequest) -> dict[str, Any]:
    """Return `person` (a PersonView or something false, looked up only where printed) and `theme`.

    `theme` is `light`, `dark` or empty for the system's; it comes from its cookie, so no page asks the database.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {"person": SimpleLazyObject(lambda: _found(request)), "theme": theme if theme in {"light", "dark"} else ""}


def _found(request: HttpRequest) -> PersonView | None:
    user = getattr(request, "user", None)
    return view_of(user) if user is not None and user.is_authenticated else None
