"""Refusals of this room."""

from __future__ import annotations

from organizations.errors import AttestryError


class InventoryError(AttestryError):
    """A reading that cannot be recorded."""


class UnknownKind(InventoryError):
    """A fact of a kind that `inventory/resources` does not know."""


class DoubledFact(InventoryError):
    """A reading that brings the same resource twice with different contents."""
