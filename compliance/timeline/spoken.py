"""Moments as people read them in reasons: in the organization's zone, month in letters (ux.md section 8). Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def spoken(moment: datetime, zone: ZoneInfo) -> str:
    """``2 Nov 2026, 09:12`` in the zone."""
    local = moment.astimezone(zone)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"
