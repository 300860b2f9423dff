"""The bound organization."""

from __future__ import annotations

from organizations import scope
from organizations.types import OrganizationView


def organization() -> OrganizationView:
    """The bound organization as it was when the scope opened; asks the database nothing. Raises `scope.Unbound`."""
    bound = scope.current()
    return OrganizationView(
        id=bound.organization_id, slug=bound.slug, name=bound.name, sandbox=bound.sandbox, time_zone=bound.time_zone
    )
