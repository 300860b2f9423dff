"""Reading a fact's fields strictly: missing, unreadable or of the wrong type is Unreadable, which becomes unknown. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from compliance.checks.types import Fact
from compliance.timeline.spoken import spoken

T = TypeVar("T", bool, int, str)
_UTC = ZoneInfo("UTC")


class Unreadable(Exception):
    """A field that the judgement needs could not be read; the message says which and why."""


def value(payload: Mapping[str, Any], name: str) -> Any:
    """The field's value. Raises Unreadable when it is missing or marked ``{"unknown": reason}``."""
    if name not in payload:
        raise Unreadable(f"{name} is missing")
    found = payload[name]
    if isinstance(found, Mapping) and "unknown" in found:
        raise Unreadable(f"{name} could not be read: {found['unknown']}")
    return found


def typed(payload: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """The field as exactly this type (a bool is no int). Raises Unreadable."""
    found = value(payload, name)
    if type(found) is not kind:
        raise Unreadable(f"{name} is {type(found).__name__}, not {kind.__name__}")
    return found


def words(payload: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The field as a list of texts. Raises Unreadable."""
    found = value(payload, name)
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise Unreadable(f"{name} is not a list of texts")
    return tuple(found)


def moment(payload: Mapping[str, Any], name: str) -> datetime | None:
    """The field as a moment in UTC; None where the source says that there is none. Raises Unreadable."""
    found = value(payload, name)
    if found is None:
        return None
    try:
        parsed = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        raise Unreadable(f"{name} is not a time: {str(found)[:40]!r}") from None
    if parsed.tzinfo is None:
        raise Unreadable(f"{name} has no time zone")
    return parsed.astimezone(UTC)


def named(fact: Fact) -> str:
    """The resource as people call it: ``ci (account 310000000101)``. Its full key stands beside the reason on every page."""
    account, _, rest = fact.key.partition("/")
    if not rest:
        return f"Account {account}"
    if fact.payload.get("is_root") is True:
        return f"Root of account {account}"
    for field in ("name", "user"):
        if isinstance(fact.payload.get(field), str):
            return f"{fact.payload[field]} (account {account})"
    return f"{rest.rpartition('/')[2]} (account {account})"


def said(at: datetime) -> str:
    """A moment as reasons write it: ``2 Nov 2026, 09:12 UTC``."""
    return f"{spoken(at, _UTC)} UTC"
