"""What moved since a moment: candidates that began or ended, sight that was lost or regained. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from compliance.selectors.standing import Standing, lasting
from compliance.timeline.types import Candidate, State

ChangeKind = Literal["began", "recovered", "risk", "gap", "observed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One control that moved. ``count`` is how many of its items moved so; ``resource`` is the newest of them."""

    kind: ChangeKind
    at: datetime
    key: str
    title: str
    reason: str
    resource: str
    count: int


def changes_since(standings: Iterable[Standing], since: datetime) -> tuple[Change, ...]:
    """Changes after ``since`` (aware UTC), newest first.

    A control with a part that is not collected is not observed all the time: that is no change, and is left out.
    """
    found = [change for item in standings for change in _changes(item, since)]
    return tuple(sorted(found, key=lambda change: change.at, reverse=True))


def _changes(item: Standing, since: datetime) -> Iterator[Change]:
    candidates = item.timeline.candidates
    began = [c for c in candidates if c.from_at > since]
    if began:
        newest = max(began, key=lambda c: c.from_at)
        yield _moved(item, "began", newest.from_at, newest, len(began))
    ended = [c for c in candidates if c.kind == "interval" and c.until and c.until > since]
    if ended and not any(lasting(c) for c in candidates):
        newest = max(ended, key=lambda c: c.until or since)
        yield _moved(item, "recovered", newest.until or since, newest, len(ended))
    if item.parts_collected == item.parts_required:
        yield from _turned(item, since)


def _moved(item: Standing, kind: ChangeKind, at: datetime, candidate: Candidate, count: int) -> Change:
    return Change(
        kind=kind,
        at=at,
        key=item.key,
        title=item.control.title,
        reason=candidate.reason,
        resource=candidate.resource_key,
        count=count,
    )


def _turned(item: Standing, since: datetime) -> Iterator[Change]:
    """The last change into or out of *not observed*, or into *at risk*."""
    pairs = list(zip(item.timeline.intervals, item.timeline.intervals[1:], strict=False))
    for before, after in reversed(pairs):
        if after.from_at <= since:
            return
        kind = _turn(before.state, after.state)
        if kind is not None:
            cause = after.causes[0] if after.causes else None
            yield Change(
                kind=kind,
                at=after.from_at,
                key=item.key,
                title=item.control.title,
                reason=after.reason or before.reason,
                resource=cause.resource_key if cause else "",
                count=1,
            )
            return


def _turn(before: State, after: State) -> ChangeKind | None:
    if before is after:
        return None
    if after is State.NOT_OBSERVED:
        return "gap"
    if after is State.AT_RISK:
        return "risk"
    return "observed" if before is State.NOT_OBSERVED else None
