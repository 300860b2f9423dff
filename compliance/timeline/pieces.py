"""Joining pieces of time: adjacent pieces that say the same become one interval. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from compliance.timeline.types import MAX_CAUSES, Cause, Interval, State


@dataclass(slots=True)
class Piece:
    """Time in one state before joining. ``tag`` separates pieces of the same state that say different things."""

    from_at: datetime
    until: datetime
    state: State
    ran: int
    tag: str
    reason: str
    causes: list[Cause] = field(default_factory=list)


def join(
    pieces: Iterable[Piece], *, required: int = 1, cut_at: frozenset[datetime] = frozenset()
) -> tuple[Interval, ...]:
    """Intervals from pieces that are in order and touch. Empty pieces vanish; nothing is joined across ``cut_at``."""
    return tuple(_interval(group, required) for group in _groups(pieces, cut_at))


def _groups(pieces: Iterable[Piece], cut_at: frozenset[datetime]) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    for piece in pieces:
        if piece.from_at >= piece.until:
            continue
        if group and (_says(group[0]) != _says(piece) or piece.from_at in cut_at):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _says(piece: Piece) -> tuple[State, int, str]:
    return piece.state, piece.ran, piece.tag


def _interval(group: list[Piece], required: int) -> Interval:
    causes: dict[tuple[str, str, str], Cause] = {}
    for piece in group:
        for cause in piece.causes:
            causes.setdefault((cause.check_id, cause.resource_key, cause.reason), cause)
    kept = tuple(causes.values())
    return Interval(
        from_at=group[0].from_at,
        until=group[-1].until,
        state=group[0].state,
        reason=_sentence(kept) if group[0].state is State.EXCEPTION and kept else group[0].reason,
        parts_ran=group[0].ran,
        parts_required=required,
        causes=kept[:MAX_CAUSES],
        cause_count=len(kept),
    )


def _sentence(causes: tuple[Cause, ...]) -> str:
    resources = {(cause.check_id, cause.resource_key) for cause in causes}
    if len(resources) == 1:
        return causes[-1].reason
    return f"{len(resources)} failing: {causes[0].reason}"


def clip(intervals: tuple[Interval, ...], from_at: datetime, until: datetime) -> Iterator[Interval]:
    """The parts of the intervals inside ``[from_at, until)``; whole intervals are passed on unchanged."""
    for interval in intervals:
        if interval.until <= from_at:
            continue
        if interval.from_at >= until:
            return
        yield interval
