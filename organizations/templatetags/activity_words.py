"""Words of the activity log."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from accounts.templatetags.people_words import role_name
from organizations.selectors.activity import ActivityView

register = template.Library()

UUID_LENGTH = 36
MACHINES = {"worker", "sign_in", "api_read", "api_write"}


@register.filter
def action_name(action: str) -> str:
    """Return an action as words: `api_token.made` is "api token made"."""
    return action.replace(".", " ").replace("_", " ")


@register.filter
def actor(entry: ActivityView) -> str:
    """Return who acted: a member's name, or what kind of machine."""
    if entry.actor_name:
        return entry.actor_name
    if entry.actor_role == "worker":
        return _("Connection")
    if entry.actor_role in {"api_read", "api_write"}:
        return _("API token")
    return role_name(entry.actor_role) if entry.actor_role not in MACHINES else _("Sign-in")


@register.filter
def detail_words(detail: dict[str, Any]) -> str:
    """Return the detail as "name: value" pairs; nothing of it is markup. Ids and absent ends are left out."""
    shown = detail.get("item") if set(detail) == {"item"} else detail
    if not isinstance(shown, dict):
        return str(shown or "")
    told = {
        key: value
        for key, value in shown.items()
        if value not in (None, "", [], {}, "infinity") and not (key == "id" or key.endswith(("_id", "_by")))
    }
    return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in told.items())


@register.filter
def subject_words(subject: str, names: dict[str, str]) -> str:
    """Return what was acted on: a member by name, anything else by its kind and the start of its id."""
    kind, _colon, which = subject.partition(":")
    if kind == "member" and which in names:
        return names[which]
    short = which[:8] if len(which) == UUID_LENGTH else which[:60]
    return f"{kind.replace('_', ' ')} {short}".strip()
