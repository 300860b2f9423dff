"""Who a session token belongs to and where that person may go."""

from __future__ import annotations

from typing import cast

from accounts.database import rows_as_process, value_as_sign_in
from accounts.models import User
from accounts.types import DenialReason, OrganizationEntry, PersonView, Theme


def user_of(token: bytes | None) -> User | None:
    """Return the active person of an open session, or None. Private to the accounts room."""
    if token is None:
        return None
    person_id = value_as_sign_in("select sec.user_of(%s)", [token])
    if person_id is None:
        return None
    return User.objects.filter(pk=person_id, is_active=True).first()


def view_of(user: User) -> PersonView:
    """Return the frozen view of a person."""
    return PersonView(
        id=user.pk, name=user.name, email=user.email, theme=cast(Theme, user.theme), time_zone=user.time_zone
    )


def person_of(token: bytes | None) -> PersonView | None:
    """Return who the session of `token` belongs to, or None if it is not open."""
    user = user_of(token)
    return view_of(user) if user is not None else None


def organizations_of(token: bytes | None) -> tuple[OrganizationEntry, ...]:
    """Return the organizations of the person of this session, by name.

    The auditor's process sees memberships of auditors and nothing else; every
    other process sees all but those (security.md 4.2).
    """
    if token is None:
        return ()
    rows = rows_as_process(
        "select id, slug, name, role, valid_to, sandbox, needs_factor from sec.my_organizations(%s)", [token]
    )
    entries = (
        OrganizationEntry(
            id=row[0], slug=row[1], name=row[2], role=row[3], until=row[4], sandbox=row[5], needs_factor=row[6]
        )
        for row in rows
    )
    return tuple(sorted(entries, key=lambda entry: entry.name.casefold()))


def find_person(email: str) -> PersonView | None:
    """Return the person with exactly this address, or None. For set-up commands; no page may answer with it."""
    user = User.objects.filter(email=email.strip().lower()).first()
    return view_of(user) if user is not None else None


def is_strong(token: bytes | None) -> bool:
    """Whether the session is open and was opened with a second factor."""
    return token is not None and bool(value_as_sign_in("select sec.is_strong(%s)", [token]))


def why_denied(token: bytes | None, slug: str) -> DenialReason:
    """Say why the database refused to bind this session to the organization `slug`.

    `second_factor`: a member whose role asks for a second factor that this
    session lacks. Unknown and foreign organizations are not told apart.
    """
    if user_of(token) is None:
        return "signed_out"
    if any(entry.slug == slug and entry.needs_factor for entry in organizations_of(token)):
        return "second_factor"
    return "not_a_member"
