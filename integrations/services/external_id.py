"""The external id that AWS trust policies name."""

from __future__ import annotations

from organizations import scope


def external_id() -> str:
    """Made by us, one for each organization, never changed and never chosen by a person: it is derived from the
    organization's own random id. BOUND. Not a secret; it keeps one customer from using another's role through us."""
    return f"attestry-{scope.current().organization_id}"
