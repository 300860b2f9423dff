"""Founding an organization and accepting an invitation: what the sign-in role does for a person.

Both run in a transaction of their own on the alias `signin`, unbound; the
database makes the membership together with the organization's Member row and
notes it in `sec.event`.
"""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import DatabaseError
from django.utils.translation import gettext as _

from accounts.database import rows_as_sign_in, sqlstate, value_as_sign_in
from accounts.errors import AccountError, AlreadyMember, InvitationRefused, SlugTaken
from accounts.models import User
from accounts.selectors.people import user_of
from accounts.types import InvitationOffer


def found_organization(*, token: bytes, slug: str, name: str) -> UUID:
    """Found an organization owned by the person of this session and return its id.

    Raises `SlugTaken` when the address is in use, `AccountError` when slug or
    name are not allowed or the session is not open.
    """
    user = _person(token)
    try:
        found = value_as_sign_in(
            "select sec.found_organization(%s, %s, %s, %s, %s)", [token, slug, name, user.name, user.email]
        )
    except DatabaseError as error:
        raise _why_not_founded(error) from error
    return UUID(str(found))


def invitation_offer(*, secret: bytes) -> InvitationOffer | None:
    """Return what an invitation offers, or None if there is no such invitation. Consumes nothing."""
    rows = rows_as_sign_in("select organization, role, expires_at, usable from sec.invitation_for(%s)", [secret])
    if not rows:
        return None
    organization, role, expires_at, usable = rows[0]
    return InvitationOffer(organization=organization, role=role, expires_at=expires_at, usable=usable)


def accept_invitation(*, token: bytes, secret: bytes) -> str:
    """Accept an invitation for the person of this session and return the organization's slug.

    The database compares the address that was invited with the verified address
    of the person. Raises `InvitationRefused` when they differ or the invitation
    was used, withdrawn or ran out; `AlreadyMember` when the person is one.
    """
    user = _person(token)
    verified = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    if not verified:
        raise AccountError(_("Your address is not verified."), what_to_do=_("Sign in again to get the link."))
    try:
        slug = value_as_sign_in("select sec.accept_invitation(%s, %s, %s, %s)", [token, secret, user.email, user.name])
    except DatabaseError as error:
        if sqlstate(error) == "23505":
            raise AlreadyMember(
                _("You are a member of this organization already."), what_to_do=_("Open it from your list.")
            ) from error
        if sqlstate(error) == "42501":
            raise InvitationRefused(
                _("This invitation cannot be used: it is for another address, or was used, withdrawn or ran out."),
                what_to_do=_("Ask for another one."),
            ) from error
        raise
    return str(slug)


def _person(token: bytes) -> User:
    user = user_of(token)
    if user is None:
        raise AccountError(_("You are signed out."), what_to_do=_("Sign in and try again."))
    return user


def _why_not_founded(error: DatabaseError) -> AccountError:
    state = sqlstate(error)
    if state == "23505":
        return SlugTaken(_("This address is in use."), what_to_do=_("Choose another one."))
    if state in {"23514", "22001", "22021"}:
        return AccountError(
            _("The name or the address is not allowed."),
            what_to_do=_("Use 2 to 40 small letters, digits and hyphens for the address."),
        )
    raise error
