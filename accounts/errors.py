"""What can go wrong for a person who signs in. Each message is shown to that person."""

from __future__ import annotations


class AccountError(Exception):
    """A refusal that a person can act on.

    `message` says what happened, `what_to_do` what to do next; both are shown.
    """

    def __init__(self, message: str, *, what_to_do: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.what_to_do = what_to_do


class AddressTaken(AccountError):
    """A person with this e-mail address exists already."""


class WrongCode(AccountError):
    """The code of the second factor is not right, or was used before."""


class WrongPassword(AccountError):
    """The current password that was typed is not right."""


class OnlyEmbedded(AccountError):
    """The act exists in embedded mode only."""


class SlugTaken(AccountError):
    """Another organization has this address."""


class AlreadyMember(AccountError):
    """The person belongs to the organization already."""


class InvitationRefused(AccountError):
    """The invitation is for another address, or cannot be used any more."""
