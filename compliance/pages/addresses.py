"""Addresses that the templates of this room use, for one organization."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from organizations.permissions import EDITORS, may


def addresses(slug: str) -> dict[str, Any]:
    """Context: where the pages of this organization are, and whether the person may change things."""
    controls = reverse("controls", args=(slug,))
    return {
        "controls_url": controls,
        "control_url": controls,  # a control is <controls>/<key>/
        "framework_url": reverse("framework", args=(slug,)),
        "records_url": existing("records", slug),
        "connections_url": existing("connections", slug),
        "connect_url": existing("connect", slug),
        "setup_url": existing("setup", slug),
        "activity_url": existing("activity", slug),
        "can_edit": may(EDITORS),
    }


def existing(name: str, *args: object) -> str | None:
    """The address of a page of another room, None where it is not installed."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
