"""The list of controls out of the database."""

from __future__ import annotations

from datetime import datetime

from compliance.selectors.control_list import ControlList, Query, listing
from compliance.selectors.in_window import standings
from compliance.timeline.window import Window


def controls(*, as_of: datetime, query: Query) -> tuple[ControlList, Window] | None:
    """The page of controls that ``query`` asks for at ``as_of`` (aware UTC), with the window; None without a window.

    Guarantee: the same number of queries at any number of controls. Raises `scope.Unbound`.
    """
    found = standings(as_of)
    if found is None:
        return None
    window, all_standings = found
    return listing(all_standings, query), window
