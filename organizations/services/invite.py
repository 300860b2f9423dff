"""Inviting people and accepting invitations."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connections
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.errors import AccountError, AlreadyMember
from organizations import roles, scope
from organizations.errors import NotFound
from organizations.models import Invitation
from organizations.selectors import members
from organizations.selectors.invitations import invitations
from organizations.services.invitation_link import InvitationLink, seal_link
from organizations.services.record_activity import record_activity
from organizations.services.refusals import Conflict, WrongInput, refusals_of_the_gate
from organizations.services.wall_clock import wall_clock

INVITATION_LIVES = timedelta(hours=72)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """An invitation that was just made. The secret exists here and in the mail, nowhere else."""

    id: UUID
    email: str
    secret: bytes = field(repr=False)
    link: str = field(repr=False)


def invite(*, email: str, role: str, until: datetime | None = None) -> Invited:
    """Invite an address to the bound organization and return the link. BOUND; mails nothing.

    `until` is the end of the membership (aware); an auditor needs one, others
    may have one. An open invitation to the same address is withdrawn: the last
    one counts. Raises `WrongInput`, `Conflict` (a member already), `NotAllowed`
    (the bound role may not give this role; the database decides).
    """
    address = _checked_address(email)
    _check_terms(role, until)
    if any(person.active and person.email.lower() == address for person in members()):
        raise Conflict(_("This person is a member already."), what_to_do=_("Change the role in the list."))
    for pending in invitations():
        if pending.open and pending.email == address:
            withdraw_invitation(invitation_id=pending.id)
    with refusals_of_the_gate(), connections[scope.ALIAS].cursor() as cursor:
        parameters: list[Any] = [address, role, until, INVITATION_LIVES]
        cursor.execute("select sec.invite(%s, %s, coalesce(%s::timestamptz, 'infinity'), %s)", parameters)
        secret = bytes(cursor.fetchone()[0])
    row = _remembered(address, role, until, secret)
    return Invited(id=row.id, email=address, secret=secret, link=link_of(secret=secret, email=address, role=role))


def link_of(*, secret: bytes, email: str, role: str) -> str:
    """Return the full address of an invitation; an auditor's leads to the auditor's address."""
    host = settings.AUDITOR_URL if role == roles.AUDITOR and settings.AUDITOR_URL else settings.HOST_URL
    part = seal_link(InvitationLink(secret=secret, email=email))
    return host + reverse("accounts:accept", args=[part])


def withdraw_invitation(*, invitation_id: UUID) -> None:
    """Make an open invitation unusable. BOUND. Raises `NotFound`, `NotAllowed`; done already changes nothing."""
    row = Invitation.objects.filter(pk=invitation_id).first()
    if row is None:
        raise NotFound
    if row.withdrawn_at is not None:
        return
    with refusals_of_the_gate(), connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select sec.withdraw_invitation(%s)", [bytes(row.secret_digest)])
    Invitation.objects.filter(pk=row.pk).update(withdrawn_at=wall_clock())
    record_activity("invitation.withdrawn", subject=f"invitation:{row.pk}", detail={"email": row.email})


def accept(*, token: bytes, secret: bytes) -> str:
    """Accept an invitation for the person of this session and return the organization's slug. Unbound.

    The membership and its note in `sec.event` are one transaction in the
    database; the activity log takes the note over from there. Raises
    `Conflict` when the person is a member, `WrongInput` when the invitation is
    for another address or cannot be used any more.
    """
    try:
        return accounts.accept_invitation(token=token, secret=secret)
    except AlreadyMember as error:
        raise Conflict(error.message, what_to_do=error.what_to_do) from error
    except AccountError as error:
        raise WrongInput(error.message, what_to_do=error.what_to_do) from error


def _remembered(address: str, role: str, until: datetime | None, secret: bytes) -> Invitation:
    now = wall_clock()
    row: Invitation = Invitation.objects.create(
        secret_digest=hashlib.sha256(secret).digest(),
        email=address,
        role=role,
        member_until=until,
        invited_by_id=scope.current().actor_id,
        sent_at=now,
        expires_at=now + INVITATION_LIVES,
    )
    detail = {"email": address, "role": role, "until": until.isoformat() if until else None}
    record_activity("invitation.sent", subject=f"invitation:{row.pk}", detail=detail)
    return row


def _checked_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise WrongInput(_("This is not an e-mail address."), what_to_do=_("Check the spelling.")) from error
    return address


def _check_terms(role: str, until: datetime | None) -> None:
    if role not in roles.PEOPLE:
        raise WrongInput(_("There is no such role."), what_to_do=_("Choose one of the list."))
    if role == roles.AUDITOR and until is None:
        raise WrongInput(_("An auditor's access needs an end."), what_to_do=_("Give the last day of access."))
    if until is not None and until <= wall_clock():
        raise WrongInput(_("The end of the access has passed."), what_to_do=_("Choose a later day."))
