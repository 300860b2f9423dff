"""What a leaving member leaves behind, told by the rooms above this one.

A room that gives things to members registers a function at start-up; this room
may not import it (architecture 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class HandoverItem:
    """One thing that needs another owner: what it is, how it is called, where it is changed (a path)."""

    kind: str
    label: str
    url: str


Provider = Callable[[UUID], tuple[HandoverItem, ...]]

_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Add a provider; it is called BOUND with a member's id and answers in a constant number of queries."""
    if provider not in _providers:
        _providers.append(provider)


def handover_of(member_id: UUID) -> tuple[HandoverItem, ...]:
    """Return everything that the member would leave without an owner. BOUND."""
    return tuple(item for provider in _providers for item in provider(member_id))
