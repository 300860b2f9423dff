"""Settings of an organization that its people change."""

from __future__ import annotations

import zoneinfo

from django.db import connections
from django.utils.translation import gettext as _

from organizations import scope
from organizations.models import Settings
from organizations.services.record_activity import record_activity
from organizations.services.refusals import WrongInput, refusals_of_the_gate


def set_time_zone(*, time_zone: str) -> None:
    """Set the zone in which days and weeks of the organization are counted. BOUND.

    Raises `WrongInput` for a zone that does not exist. Storing the same zone
    again writes nothing.
    """
    if time_zone not in zoneinfo.available_timezones():
        raise WrongInput(_("There is no such time zone."), what_to_do=_("Choose one of the list."))
    row = Settings.objects.first()
    before = row.time_zone if row is not None else "UTC"
    if row is None:
        Settings.objects.create(time_zone=time_zone)
    elif before != time_zone:
        Settings.objects.filter(pk=row.pk).update(time_zone=time_zone)
    if before != time_zone or row is None:
        record_activity("organization.time_zone_set", detail={"from": before, "to": time_zone})


def rename_organization(*, name: str) -> None:
    """Rename the bound organization. BOUND, owners only. Raises `WrongInput`, `NotAllowed`."""
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= 120:
        raise WrongInput(_("A name is needed, at most 120 characters."), what_to_do=_("Type the name of the company."))
    before = scope.current().name
    if cleaned == before:
        return
    with refusals_of_the_gate(), connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select sec.rename_organization(%s)", [cleaned])
    record_activity("organization.renamed", detail={"from": before, "to": cleaned})
