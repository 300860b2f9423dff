"""Words of this room's pages."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _

from integrations.types import StreamView

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
