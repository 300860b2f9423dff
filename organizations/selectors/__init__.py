"""Reads of this room; all need an open scope."""

from organizations.selectors.activity import ActivityView, activity
from organizations.selectors.members import member, members
from organizations.selectors.organization import organization

__all__ = ["ActivityView", "activity", "member", "members", "organization"]
