"""Words of this room's pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.connectors.contract import ProbeItem
from integrations.types import ConnectionView, StreamView

register = template.Library()

_OUTCOMES = {
    "complete": ("pass", "g-pass"),
    "partial": ("none", "g-none"),
    "failed": ("exc", "g-exc"),
    "deferred": ("none", "g-due"),
}


@register.filter
def fresh_count(streams: Sequence[StreamView]) -> int:
    """How many streams have a complete pull that is not stale."""
    return sum(1 for stream in streams if stream.fresh)


@register.filter
def gaps(items: Sequence[ProbeItem]) -> list[ProbeItem]:
    """What a test could not do, each permission once."""
    return list({item.action: item for item in items if not item.granted}.values())


@register.filter
def granted(items: Sequence[ProbeItem]) -> list[str]:
    """The permissions that a test found, each once, by name."""
    return sorted({item.action for item in items if item.granted})


@register.filter
def oldest_complete(streams: Sequence[StreamView]) -> datetime | None:
    """Since when, at the latest, every stream was read completely; None while one never was."""
    if not all(stream.complete for stream in streams):
        return None
    return min((stream.complete.observed_at for stream in streams if stream.complete), default=None)


@register.filter
def verdict(connections: Sequence[ConnectionView]) -> str:
    """The first sentence of the list: what is not read, before what is."""
    live = [one for one in connections if one.condition != "disconnected"]
    broken = [one.name for one in live if one.condition in ("failing", "quarantined")]
    waiting = [one.name for one in live if one.condition in ("gap", "never")]
    if broken:
        return ngettext("%(names)s cannot be read.", "%(names)s cannot be read.", len(broken)) % {
            "names": ", ".join(broken)
        }
    if waiting:
        return _("%(names)s: not observed in full.") % {"names": ", ".join(waiting)}
    return ngettext("%(n)d system is read completely.", "All %(n)d systems are read completely.", len(live)) % {
        "n": len(live)
    }


@register.filter
def outcome_word(outcome: str) -> str:
    """An outcome as people read it."""
    return {
        "complete": _("Complete"),
        "partial": _("Partial"),
        "failed": _("Failed"),
        "deferred": _("Asked to wait"),
    }.get(outcome, outcome)


@register.filter
def outcome_tone(outcome: str) -> str:
    """The colour class of an outcome."""
    return _OUTCOMES.get(outcome, ("none", ""))[0]


@register.filter
def outcome_mark(outcome: str) -> str:
    """The mark of an outcome."""
    return _OUTCOMES.get(outcome, ("", "g-none"))[1]


@register.filter
def duration(milliseconds: int) -> str:
    """True elapsed time: 240 ms, 3.1 s, 2 min 5 s."""
    if milliseconds < 1000:
        return _("%(n)d ms") % {"n": milliseconds}
    if milliseconds < 60_000:
        return _("%(n).1f s") % {"n": milliseconds / 1000}
    return _("%(m)d min %(s)d s") % {"m": milliseconds // 60_000, "s": milliseconds % 60_000 // 1000}
