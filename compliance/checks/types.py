"""What a check is given and what it answers. Pure; moments are aware UTC."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

OutcomeName = Literal["pass", "fail", "not_applicable", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One typed resource as it was seen at ``observed_at``. A payload value that could not be read is
    ``{"unknown": "<reason>"}``."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """An approved request in the approvals register. ``subject`` is a resource key or an account."""

    subject: str
    reason: str
    approved_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A register that is kept here since ``opened_at``; acts before that cannot be judged against it."""

    opened_at: datetime
    approvals: tuple[Approval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """``at``: the moment to judge for (never the machine's clock). ``parameters``: the check's, complete.
    ``registers``: those that are there; a missing key means that the register is not kept here."""

    at: datetime
    parameters: Mapping[str, Any]
    registers: Mapping[str, Register] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedEvent:
    """One event of an event duty, at its own time."""

    occurred_at: datetime
    outcome: Literal["pass", "fail", "unknown"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer for one resource. The reason names the resource and depends on the fact, never on ``ctx.at``, so that
    judging again says the same. ``valid_until``: the moment from which time alone may change the answer;
    ``valid_from``: since when the fact is known to have been thus (a key was rotated then), where the source says it."""

    outcome: OutcomeName
    reason: str
    valid_until: datetime | None = None
    valid_from: datetime | None = None
    events: tuple[JudgedEvent, ...] = ()


Judge = Callable[[Fact, Context], Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An implemented check. ``kind`` of fact it judges; ``streams`` it rests on; ``version`` is the digest of its code,
    so that a change of logic is a new version by itself; ``applies`` leaves out facts that are not in its population."""

    id: str
    kind: str
    streams: tuple[str, ...]
    judge: Judge
    version: str
    applies: Callable[[Fact], bool] = lambda _fact: True
