"""The bound organization."""

from __future__ import annotations

from organizations import scope
from organizations.models import Settings
from organizations.types import OrganizationView


def organization() -> OrganizationView:
    """The bound organization with its time zone, in one query. Raises `scope.Unbound`."""
    bound = scope.current()
    zone = Settings.objects.values_list("time_zone", flat=True).first()
    return OrganizationView(
        id=bound.organization_id, slug=bound.slug, name=bound.name, sandbox=bound.sandbox, time_zone=zone or "UTC"
    )
