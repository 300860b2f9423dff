"""Making people and changing what they may change themselves."""

from __future__ import annotations

import zoneinfo

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.database import SIGN_IN_ALIAS
from accounts.errors import AccountError, AddressTaken
from accounts.models import User
from accounts.selectors.people import view_of
from accounts.services.second_factor import add_authenticator
from accounts.types import PersonView


def create_person(
    email: str, name: str, password: str, totp_secret: str | None = None, verified: bool = True
) -> PersonView:
    """Make a person who can sign in, with a password and perhaps an authenticator app.

    `totp_secret` is the base32 secret of the app. `verified` says that the
    address is known to be the person's. Gives no access to any organization.
    Raises `AddressTaken` when the address has an account, `AccountError` when it
    is not an address. Used by `create_owner`, the sandbox and tests.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise AccountError(_("This is not an e-mail address."), what_to_do=_("Check the spelling.")) from error
    user = User(email=address, name=name.strip()[:120] or address)
    user.set_password(password)
    try:
        with transaction.atomic(using=SIGN_IN_ALIAS):
            user.save()
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=verified)
            if totp_secret is not None:
                add_authenticator(user, secret=totp_secret)
    except IntegrityError as error:
        raise AddressTaken(
            _("There is a person with this e-mail address."), what_to_do=_("Sign in, or reset the password.")
        ) from error
    return view_of(user)


def set_preferences(user: User, *, theme: str | None = None, time_zone: str | None = None) -> None:
    """Store theme and time zone of a person; what is None stays as it is.

    Raises `AccountError` for a theme or time zone that does not exist.
    """
    changed = []
    if theme is not None:
        if theme not in User.Theme.values:
            raise AccountError(_("There is no such theme."), what_to_do=_("Choose one of the list."))
        user.theme = theme
        changed.append("theme")
    if time_zone is not None:
        if time_zone and time_zone not in zoneinfo.available_timezones():
            raise AccountError(_("There is no such time zone."), what_to_do=_("Choose one of the list."))
        user.time_zone = time_zone
        changed.append("time_zone")
    if changed:
        user.save(update_fields=changed)


def rename_person(user: User, *, name: str) -> None:
    """Store a person's name. Raises `AccountError` when it is empty."""
    cleaned = " ".join(name.split())[:120]
    if not cleaned:
        raise AccountError(_("A name is needed."), what_to_do=_("Type the name that others should see."))
    user.name = cleaned
    user.save(update_fields=["name"])
