"""Founding an organization."""

from __future__ import annotations

import re
import zoneinfo

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import selectors as accounts
from accounts.errors import AccountError, SlugTaken
from accounts.services import found_organization as found_in_accounts
from accounts.types import OrganizationEntry
from organizations import scope
from organizations.models import Settings
from organizations.services.record_activity import record_activity
from organizations.services.refusals import Conflict, NotAllowed, WrongInput

SLUG = re.compile(r"^[a-z0-9-]{2,40}$")


def found_organization(*, token: bytes, name: str, slug: str = "", time_zone: str = "UTC") -> OrganizationEntry:
    """Found an organization owned by the person of this session, with its settings and first activity entry.

    Unbound. `slug` is the address below `/o/`, made from the name when empty;
    `time_zone` an IANA name. Raises `WrongInput`, `Conflict` (the address is in
    use), `NotAllowed` (the session has no second factor: its owner could not
    enter).
    """
    cleaned = " ".join(name.split())
    address = slug.strip().lower() or slugify(cleaned)[:40].strip("-")
    if not 1 <= len(cleaned) <= 120:
        raise WrongInput(_("A name is needed, at most 120 characters."), what_to_do=_("Type the name of the company."))
    if not SLUG.match(address):
        raise WrongInput(
            _("The address needs 2 to 40 small letters, digits or hyphens."), what_to_do=_("Change the address.")
        )
    _check_time_zone(time_zone)
    if not accounts.is_strong(token):
        raise NotAllowed(_("Owners need a second factor."), what_to_do=_("Set one up, then create the organization."))
    try:
        found_in_accounts(token=token, slug=address, name=cleaned)
    except SlugTaken as error:
        raise Conflict(error.message, what_to_do=error.what_to_do) from error
    except AccountError as error:
        raise WrongInput(error.message, what_to_do=error.what_to_do) from error
    settle(token=token, slug=address, time_zone=time_zone)
    return next(entry for entry in accounts.organizations_of(token) if entry.slug == address)


def settle(*, token: bytes, slug: str, time_zone: str) -> None:
    """Write the settings row of an organization that was just founded. Unbound; done once, repeating changes nothing."""
    _check_time_zone(time_zone)
    with scope.session(token, slug) as bound:
        if Settings.objects.exists():
            return
        Settings.objects.create(time_zone=time_zone)
        record_activity(
            "organization.founded", subject=f"organization:{bound.organization_id}", detail={"time_zone": time_zone}
        )


def _check_time_zone(time_zone: str) -> None:
    if time_zone not in zoneinfo.available_timezones():
        raise WrongInput(_("There is no such time zone."), what_to_do=_("Choose one of the list."))
