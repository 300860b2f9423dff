"""What this room hands out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class OrganizationView:
    """The bound organization. `time_zone` is an IANA name; days and weeks of the window are counted in it."""

    id: UUID
    slug: str
    name: str
    sandbox: bool
    time_zone: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone as an object."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, kw_only=True)
class MemberView:
    """A person's place here. `until` is None for a membership without an end; UTC."""

    id: UUID
    name: str
    email: str
    role: str
    active: bool
    since: datetime
    until: datetime | None
