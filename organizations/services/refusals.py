"""Refusals of this room's services, each with a sentence for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from organizations import scope
from organizations.errors import AttestryError


class NotAllowed(AttestryError):
    """The bound role may not do this. The database said so."""

    status = 403


class LastOwner(AttestryError):
    """An organization keeps at least one owner."""

    status = 409


class WrongInput(AttestryError):
    """A value that a person typed cannot be used."""


class TooMany(AttestryError):
    """More mail than one organization may send in an hour."""

    status = 429


class Conflict(AttestryError):
    """Somebody else was faster, or it was done before."""

    status = 409


@contextmanager
def refusals_of_the_gate() -> Iterator[None]:
    """Run a definer function in a savepoint and turn what it refuses into an error for people.

    The savepoint keeps the surrounding transaction usable, so that the page can
    be shown again with the input kept.
    """
    try:
        with transaction.atomic(using=scope.ALIAS):
            yield
    except DatabaseError as error:
        raise _refusal(getattr(error.__cause__, "sqlstate", "") or "", error) from error


def _refusal(state: str, error: DatabaseError) -> Exception:
    if state == "42501":
        return NotAllowed(
            _("Your role does not allow this, or it was changed meanwhile."), what_to_do=_("Load the page again.")
        )
    if state == "23514" and "one owner" in str(error):
        return LastOwner(_("An organization keeps one owner."), what_to_do=_("Make somebody else an owner first."))
    if state.startswith("22") or state == "23514":
        return WrongInput(_("A value cannot be used here."), what_to_do=_("Correct it and send it again."))
    return error
