"""Controls in scope joined to their timelines over the window in force: what every page starts from."""

from __future__ import annotations

from datetime import datetime

from compliance.selectors.adopted import definitions
from compliance.selectors.in_scope import controls_in_scope
from compliance.selectors.standing import Standing, standing
from compliance.selectors.window_timelines import window_timelines
from compliance.selectors.windows import current_window
from compliance.timeline.types import ControlTimeline
from compliance.timeline.window import Window


def standings(as_of: datetime, *, owners: bool = True) -> tuple[Window, tuple[Standing, ...]] | None:
    """The window in force and the standing of every control in scope at ``as_of`` (aware UTC), by key.

    None while no window is set. A constant number of queries at any number of controls; two less without ``owners``.
    """
    window = current_window()
    if window is None:
        return None
    given = definitions()
    timelines = window_timelines(window, as_of, given=given)
    empty = ControlTimeline(key="", intervals=(), parts=(), candidates=())
    return window, tuple(
        standing(control, timelines.get(control.key, empty), as_of)
        for control in controls_in_scope(given, owners=owners)
    )
