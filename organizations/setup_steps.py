"""The step of this room in the set-up of an organization."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from organizations.models import Settings
from organizations.setup import SetupStep, register_step


def register() -> None:
    """Add the time zone; called once at start-up."""
    register_step(
        SetupStep(
            key="time_zone",
            title=_("Set the time zone"),
            text=_("Days and weeks of the observation window are counted in it."),
            url_name="settings",
            done=Settings.objects.exists,
            order=10,
            action=_("Set the time zone"),
        )
    )
