"""The framework page: every criterion with the controls that answer it and their states. ``arrange`` is pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.selectors.standing import Standing
from compliance.timeline.types import SEVERITY, State


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionText:
    """One criterion of the framework, in our own words: id, series (CC6), category, title."""

    id: str
    series: str
    category: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRow:
    """A criterion with its controls. ``library`` counts controls of the library that answer it and are not adopted."""

    criterion: CriterionText
    controls: tuple[Standing, ...]
    library: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Criteria that belong together, such as CC6."""

    id: str
    category: str
    rows: tuple[CriterionRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkPage:
    """The framework in its own order. ``uncovered`` counts criteria in the framework without an adopted control."""

    series: tuple[Series, ...]
    text: str
    found: int
    total: int
    uncovered: int
    states: tuple[tuple[State, int], ...]


def arrange(
    *,
    criteria: Sequence[CriterionText],
    standings: Sequence[Standing],
    library_keys: Mapping[str, Sequence[str]],
    text: str = "",
) -> FrameworkPage:
    """All criteria with their controls, narrowed to those whose own words or controls hold every word of ``text``.

    ``library_keys`` maps a criterion to the keys of all library controls that answer it.
    """
    answering: dict[str, list[Standing]] = {}
    for item in standings:
        for criterion in item.control.criteria:
            answering.setdefault(criterion, []).append(item)
    adopted = {item.key for item in standings}
    rows = [
        CriterionRow(
            criterion=criterion,
            controls=tuple(sorted(answering.get(criterion.id, ()), key=lambda s: (-SEVERITY[s.state], s.key))),
            library=sum(key not in adopted for key in library_keys.get(criterion.id, ())),
        )
        for criterion in criteria
    ]
    words = text.casefold().split()
    found = [row for row in rows if all(word in _haystack(row) for word in words)]
    order = dict.fromkeys(row.criterion.series for row in found)
    tally = Counter(item.state for item in standings)
    return FrameworkPage(
        series=tuple(_series(name, [r for r in found if r.criterion.series == name]) for name in order),
        text=text,
        found=len(found),
        total=len(rows),
        uncovered=sum(not row.controls for row in rows),
        states=tuple((state, tally[state]) for state in sorted(State, key=lambda s: -SEVERITY[s]) if tally[state]),
    )


def _series(name: str, rows: Sequence[CriterionRow]) -> Series:
    return Series(id=name, category=rows[0].criterion.category, rows=tuple(rows))


def _haystack(row: CriterionRow) -> str:
    words = [row.criterion.id, row.criterion.title]
    for item in row.controls:
        words += [item.key, item.control.title]
    return " ".join(words).casefold()
