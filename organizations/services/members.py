"""Changing what a member may do, and ending it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from organizations import roles, scope
from organizations.errors import NotFound
from organizations.selectors import member
from organizations.services.handover import HandoverItem, handover_of
from organizations.services.record_activity import record_activity
from organizations.services.refusals import Conflict, WrongInput, refusals_of_the_gate
from organizations.services.wall_clock import wall_clock
from organizations.types import MemberView


def change_role(*, member_id: UUID, role: str, until: datetime | None = None, was: str | None = None) -> None:
    """Give a member another role, or an auditor another end. BOUND; the database checks the bound role.

    `was` is the role that the person who changes it saw; another one means that
    somebody was faster. Nobody becomes an auditor or stops being one by a
    change: the auditor's place is another one. Raises `NotFound`, `WrongInput`,
    `Conflict`, `NotAllowed`, `LastOwner`.
    """
    found = _active(member_id)
    if was is not None and was != found.role:
        raise Conflict(_("The role was changed meanwhile."), what_to_do=_("Look at the list and decide again."))
    if role not in roles.PEOPLE:
        raise WrongInput(_("There is no such role."), what_to_do=_("Choose one of the list."))
    if (role == roles.AUDITOR) != (found.role == roles.AUDITOR):
        raise WrongInput(
            _("An auditor is invited as one, with an end."), what_to_do=_("Remove the member and invite again.")
        )
    if role == roles.AUDITOR and (until is None or until <= wall_clock()):
        raise WrongInput(_("An auditor's access needs an end in the future."), what_to_do=_("Give the last day."))
    if role == found.role and until == found.until:
        return
    _set(member_id, role, until)
    record_activity(
        "member.role_changed",
        subject=f"member:{member_id}",
        detail={"from": found.role, "to": role, "until": until.isoformat() if until else None},
    )


def remove_member(*, member_id: UUID) -> tuple[HandoverItem, ...]:
    """End a member's access here, at once, and return what must be handed over. BOUND.

    The person's sessions go on for other organizations; API tokens that the
    member made stop with the membership. Raises `NotFound`, `NotAllowed`,
    `LastOwner`.
    """
    found = _active(member_id)
    left = handover_of(member_id)
    _set(member_id, found.role, wall_clock())
    record_activity(
        "member.removed",
        subject=f"member:{member_id}",
        detail={"role": found.role, "to_hand_over": [f"{item.kind} {item.label}" for item in left]},
    )
    return left


def _active(member_id: UUID) -> MemberView:
    found = member(member_id)
    if not found.active:
        raise NotFound
    return found


def _set(member_id: UUID, role: str, until: datetime | None) -> None:
    with refusals_of_the_gate(), connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(
            "select sec.set_membership(%s, %s, coalesce(%s::timestamptz, 'infinity'))", [member_id, role, until]
        )
