"""The framework page out of the database and the catalog."""

from __future__ import annotations

from datetime import datetime

from compliance.catalog.load import controls as library
from compliance.catalog.load import criteria
from compliance.selectors.framework_page import CriterionText, FrameworkPage, arrange
from compliance.selectors.in_scope import controls_in_scope
from compliance.selectors.in_window import standings
from compliance.selectors.standing import standing
from compliance.timeline.types import ControlTimeline


def framework(*, as_of: datetime, text: str = "") -> FrameworkPage:
    """Every criterion with the controls that answer it and their states at ``as_of`` (aware UTC).

    Before a window is set the controls stand there without a state (not scheduled). Guarantee: the same number of
    queries (at most 12) at any number of controls. Raises `scope.Unbound`.
    """
    found = standings(as_of, owners=False)
    if found is None:
        empty = ControlTimeline(key="", intervals=(), parts=(), candidates=())
        shown = tuple(standing(control, empty, as_of) for control in controls_in_scope(owners=False))
    else:
        shown = found[1]
    return arrange(criteria=_texts(), standings=shown, library_keys=_library_keys(), text=text)


def _texts() -> tuple[CriterionText, ...]:
    return tuple(
        CriterionText(id=c.id, series=c.series, category=c.category, title=c.title) for c in criteria().values()
    )


def _library_keys() -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for control in library().values():
        for criterion in control.criteria:
            keys.setdefault(criterion, []).append(control.key)
    return keys
