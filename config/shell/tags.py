"""Template tags of every page: icons, states, initials, moments.

Registered as builtins in the settings, so templates need no ``{% load %}``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from organizations import clock

register = template.Library()

STILL_REPLAYING = timedelta(hours=36)

# One vocabulary on all screens (ux.md section 2): tone of colour, mark, word, heatmap cell.
TONES = {
    "operating": "pass",
    "at_risk": "risk",
    "exception": "exc",
    "not_observed": "none",
    "no_occurrence": "none",
    "due": "none",
    "not_scheduled": "none",
}
MARKS = {
    "operating": "g-pass",
    "at_risk": "g-risk",
    "exception": "g-exc",
    "not_observed": "g-none",
    "no_occurrence": "g-zero",
    "due": "g-due",
    "not_scheduled": "g-zero",
}
WORDS = {
    "operating": _("Operating"),
    "at_risk": _("At risk"),
    "exception": _("Candidate"),
    "not_observed": _("Not observed"),
    "no_occurrence": _("No occurrence"),
    "due": _("Due"),
    "not_scheduled": _("Not scheduled"),
}


@register.simple_tag
def icon(name: str, tone: str = "") -> SafeString:
    """A decorative mark from the sprite; the word beside it carries the meaning."""
    href = f"{static('icons.svg')}#{name}"
    if tone:
        return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', tone, href)
    return format_html('<svg aria-hidden="true"><use href="{}"/></svg>', href)


@register.filter
def tone(state: object) -> str:
    """Colour class of a control state; unknown words are neutral."""
    return TONES.get(str(getattr(state, "value", state)), "none")


@register.filter
def mark(state: object) -> str:
    """Sprite name of a control state's mark."""
    return MARKS.get(str(getattr(state, "value", state)), "g-none")


@register.filter
def state_name(state: object) -> str:
    """The word shown for a control state."""
    key = str(getattr(state, "value", state))
    return str(WORDS.get(key, key))


@register.simple_tag
def state_pill(state: object, word: str = "", *, plain: bool = False) -> SafeString:
    """A control state as mark and word, never a bare dot. ``plain`` leaves the tint away, for lists and tables."""
    return format_html(
        '<span class="pill {}{}">{}{}</span>',
        tone(state),
        " plain" if plain else "",
        icon(mark(state)),
        word or state_name(state),
    )


@register.simple_tag
def person(name: str | None) -> SafeString:
    """A person with the round mark of initials; the words "No owner" for nobody."""
    if not name:
        return format_html('<span class="who muted">{}</span>', _("No owner"))
    return format_html(
        '<span class="who"><span class="av" aria-hidden="true">{}</span><span class="clip">{}</span></span>',
        initials(name),
        name,
    )


@register.filter
def initials(name: str | None) -> str:
    """At most two letters of a person's name, for the round mark beside it."""
    words = [word for word in (name or "").replace("@", " ").split() if word[:1].isalnum()]
    if not words:
        return "?"
    letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else words[0][1:2])
    return letters.upper()


@register.filter
def day(at: datetime | None) -> str:
    """``Mon 2 Nov`` in the active time zone."""
    return format_date(timezone.localtime(at), "D j M") if at else ""


@register.simple_tag
def moment(at: datetime | None, style: str = "long") -> SafeString | str:
    """A ``<time>`` in the organization's zone with UTC on hover.

    ``long`` is ``Mon 2 Nov 2026, 09:12``; ``short`` is ``2 Nov 09:12``; ``day`` is ``Mon 2 Nov``.
    """
    if at is None:
        return ""
    pattern = {"long": "D j M Y, H:i", "short": "j M H:i", "day": "D j M"}[style]
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        format_date(utc, "D j M Y, H:i"),
        format_date(timezone.localtime(at), pattern),
    )


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key that the template holds in a variable."""
    return mapping.get(key)


@register.simple_tag
def simulated_time() -> datetime:
    """What the clock of the bound sandbox company shows, aware UTC."""
    return clock.now()


@register.simple_tag
def history_fills(simulated: datetime) -> bool:
    """Whether a sandbox company's clock is still far behind: its history is being replayed."""
    return timezone.now() - simulated > STILL_REPLAYING
