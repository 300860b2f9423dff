"""Refusals of this room, with what to do about them."""

from __future__ import annotations

from organizations.errors import AttestryError


class ComplianceError(AttestryError):
    """A refusal of the compliance room."""


class UnknownControl(ComplianceError):
    """The control is not in the library, or not adopted here."""


class UnknownPart(ComplianceError):
    """A check or manual part that the catalog does not hold."""


class KeyTaken(ComplianceError):
    """A control with this key exists already."""


class InvalidDefinition(ComplianceError):
    """A control's definition that states nothing or requires nothing."""


class InvalidWindow(ComplianceError):
    """Dates that are not a window."""


class AlreadyPerformed(ComplianceError):
    """An occurrence is performed once."""


class UnknownOwner(ComplianceError):
    """Not an active member of this organization, or an auditor."""
