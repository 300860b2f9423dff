"""What this room registers at start-up with the rooms below: its steps of the set-up page, and what a leaver hands over."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organizations import scope
from organizations.services import handover
from organizations.setup import SetupStep, register_step


def register() -> None:
    """Called once by the application's ``ready``; calling it again changes nothing."""
    register_step(
        SetupStep(
            key="window",
            order=20,
            url_name="window",
            done=_window_is_set,
            action=gettext_lazy("Set the window"),
            title=gettext_lazy("Set the observation window"),
            text=gettext_lazy("The days that the auditor will examine. Every number in the product belongs to them."),
        )
    )
    register_step(
        SetupStep(
            key="adopt",
            order=30,
            url_name="adopt-controls",
            done=_a_control_is_in_scope,
            action=gettext_lazy("Adopt controls"),
            title=gettext_lazy("Adopt controls"),
            text=gettext_lazy(
                "What this organization says it does. Each control is watched in every week of the window."
            ),
        )
    )
    register_step(
        SetupStep(
            key="owners",
            order=40,
            url_name="owners",
            done=_every_control_has_an_owner,
            action=gettext_lazy("Name the owners"),
            title=gettext_lazy("One owner per control"),
            text=gettext_lazy(
                "Nothing red without a person: each control has exactly one owner before the window opens."
            ),
        )
    )
    handover.register(controls_of)


def controls_of(member_id: UUID) -> tuple[handover.HandoverItem, ...]:
    """The controls that a member answers for, each with the page on which another owner is named. BOUND."""
    from compliance.selectors.in_scope import controls_in_scope

    slug = scope.current().slug
    return tuple(
        handover.HandoverItem(
            kind=_("Control"), label=f"{item.key} {item.title}", url=reverse("control", args=(slug, item.key))
        )
        for item in controls_in_scope()
        if item.owner is not None and item.owner.id == member_id
    )


def _window_is_set() -> bool:
    from compliance.selectors.windows import current_window

    return current_window() is not None


def _a_control_is_in_scope() -> bool:
    from compliance.models import Control

    return bool(Control.objects.exists())


def _every_control_has_an_owner() -> bool:
    from compliance.selectors.in_scope import controls_in_scope

    found = controls_in_scope()
    return bool(found) and all(item.owner is not None for item in found)
