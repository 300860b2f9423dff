"""The observation window: which calendar days are examined."""

from __future__ import annotations

from datetime import date

from compliance.errors import InvalidWindow
from compliance.models import ObservationWindow
from compliance.timeline.window import Window
from organizations import scope
from organizations.selectors import organization
from organizations.services.record_activity import record_activity

# audit-methods.md 2.1: shorter windows need the auditor's agreement in writing, longer ones are not one examination.
SHORTEST_DAYS, LONGEST_DAYS = 28, 366
# Beyond them the moments of a window overflow, and every page that reads it would fail from then on.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


def set_window(*, starts_on: date, ends_on: date) -> Window:
    """Examine these calendar days, both inclusive, in the organization's zone. Earlier choices stay in the ledger.

    Raises InvalidWindow for dates out of order, fewer than 28 or more than 366 days, or outside 2000 to 2100.
    """
    if starts_on < EARLIEST or ends_on > LATEST:
        raise InvalidWindow("The window is far from today.", what_to_do="Check the years of both days.")
    days = (ends_on - starts_on).days + 1
    if days < 1:
        raise InvalidWindow("The window ends before it starts.", what_to_do="Choose a last day after the first day.")
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise InvalidWindow(
            f"The window has {days} days.",
            what_to_do=f"Choose between {SHORTEST_DAYS} and {LONGEST_DAYS} days; three months is the shortest commonly accepted.",
        )
    zone = organization().time_zone
    ObservationWindow.objects.create(starts_on=starts_on, ends_on=ends_on, zone=zone, actor_id=scope.current().actor_id)
    record_activity(
        "window.set", subject="window", detail={"starts_on": str(starts_on), "ends_on": str(ends_on), "zone": zone}
    )
    return Window(starts_on=starts_on, ends_on=ends_on, zone=zone)
