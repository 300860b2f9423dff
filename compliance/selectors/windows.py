"""The observation window in force."""

from __future__ import annotations

from compliance.models import ObservationWindow
from compliance.timeline.window import Window


def current_window() -> Window | None:
    """The window that was set last, None before the first. One query."""
    row = ObservationWindow.objects.order_by("-recorded_at", "-id").first()
    return Window(starts_on=row.starts_on, ends_on=row.ends_on, zone=row.zone) if row else None
