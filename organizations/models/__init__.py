"""Private to this room. Others use its services and selectors, and reference `organizations.Member`."""

from organizations.models.activity import Activity
from organizations.models.invitation import Invitation
from organizations.models.member import Member
from organizations.models.settings import Settings

__all__ = ["Activity", "Invitation", "Member", "Settings"]
