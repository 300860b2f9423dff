"""One control over the window: what fails and since when, its parts, its evidence. ``assemble`` is pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from compliance.selectors.standing import Standing, lasting
from compliance.selectors.weekly_review import Phase, phase
from compliance.timeline.types import Break, Candidate, PartTimeline
from compliance.timeline.window import Week, Window

FAILING_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """One candidate of the control in the window.

    ``since`` is the true start (it may lie before the window), ``until`` None while it lasts. ``reasons`` are those of
    every check that failed on the item. ``seal`` is the record in which it was seen; None where nothing was sealed.
    """

    kind: Literal["interval", "event"]
    resource: str
    account: str
    key: str
    reasons: tuple[str, ...]
    checks: tuple[str, ...]
    since: datetime
    until: datetime | None
    seal: int | None
    remediation_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPage:
    """Everything the control page says, from the same intervals as the dashboard."""

    standing: Standing
    window: Window
    as_of: datetime
    phase: Phase
    failing: tuple[Failing, ...]
    failing_total: int
    earlier: tuple[Failing, ...]
    earlier_total: int
    parts: tuple[PartTimeline, ...]
    parts_ran: int
    breaks: tuple[Break, ...]
    week: Week | None
    shown_from: datetime
    shown_until: datetime
    changed_inside_window: bool


def assemble(*, standing: Standing, window: Window, as_of: datetime, week: int | None = None) -> ControlPage:
    """The control page at ``as_of`` (aware UTC). ``week`` is the number of a week to single out, if any."""
    timeline = standing.timeline
    open_ones = sorted((c for c in timeline.candidates if lasting(c)), key=lambda c: (c.began_at, c.resource_key))
    earlier = sorted((c for c in timeline.candidates if not lasting(c)), key=lambda c: c.from_at, reverse=True)
    changed = standing.control.definition_changed_at
    chosen = next((w for w in window.weeks if w.number == week), None)
    return ControlPage(
        standing=standing,
        window=window,
        as_of=as_of,
        phase=phase(window, as_of),
        failing=tuple(_failing(c) for c in open_ones[:FAILING_ROWS]),
        failing_total=len(open_ones),
        earlier=tuple(_failing(c) for c in earlier[:FAILING_ROWS]),
        earlier_total=len(earlier),
        parts=timeline.parts,
        parts_ran=standing.parts_collected,
        breaks=timeline.breaks,
        week=chosen,
        shown_from=chosen.from_at if chosen else window.start,
        shown_until=chosen.until if chosen else window.end,
        changed_inside_window=changed is not None and window.start < changed < window.end,
    )


def _failing(candidate: Candidate) -> Failing:
    account, name = split_resource(candidate.resource_key)
    causes = candidate.causes
    return Failing(
        kind=candidate.kind,
        resource=name,
        account=account,
        key=candidate.resource_key,
        reasons=tuple(dict.fromkeys(c.reason for c in causes)) or (candidate.reason,),
        checks=tuple(dict.fromkeys(c.check_id for c in causes)) or (candidate.check_id,),
        since=candidate.began_at,
        until=candidate.until,
        seal=candidate.seal,
        remediation_due_at=candidate.remediation_due_at,
    )


def split_resource(key: str) -> tuple[str, str]:
    """(account, short name) of a resource key ``<account>/<rest>``; an ARN is shortened to what follows its account.

    A key without a slash is the account itself.
    """
    account, slash, rest = key.partition("/")
    if not slash:
        return "", key
    if rest.startswith("arn:"):
        rest = rest.split(":", 5)[-1]
    return account, rest or key


def covered_streams(parts: Sequence[PartTimeline], streams_of_part: dict[str, Sequence[str]]) -> tuple[str, ...]:
    """Streams that the control's checks read, each once, in the order of the parts."""
    return tuple(dict.fromkeys(stream for part in parts for stream in streams_of_part.get(part.id, ())))
