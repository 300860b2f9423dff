"""Reads of this room; all need an open scope."""

from organizations.selectors.members import member, members
from organizations.selectors.organization import organization

__all__ = ["member", "members", "organization"]
