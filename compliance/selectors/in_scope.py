"""The controls that the organization has adopted or written, with their owners; without any state.

Four queries at any size. All need an open scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from compliance.models import Control, ControlOwner, ControlVersion
from compliance.selectors.standing import ControlInScope, Owner
from organizations.roles import CONTRIBUTORS
from organizations.selectors import members


def controls_in_scope(key: str | None = None) -> tuple[ControlInScope, ...]:
    """All controls in scope by key (or the one), each with its newest definition and its present owner.

    Raises `scope.Unbound`. An owner who left is still named: handing over is something to be seen.
    """
    found = Control.objects.order_by("key")
    if key is not None:
        found = found.filter(key=key)
    controls = {row["id"]: row for row in found.values("id", "key", "origin")}
    versions = {
        row["control_id"]: row
        for row in ControlVersion.objects.filter(control_id__in=controls).order_by("control_id", "version").values()
    }
    owners = _owners(controls)
    return tuple(
        _control(row, versions[control_id], owners.get(control_id))
        for control_id, row in controls.items()
        if control_id in versions
    )


def possible_owners() -> tuple[Owner, ...]:
    """Active members whose role lets them answer for a control (no viewers, no auditors), by name; one query."""
    return tuple(
        Owner(id=member.id, name=member.name or member.email)
        for member in members()
        if member.active and member.role in CONTRIBUTORS
    )


def _owners(controls: Mapping[UUID, object]) -> dict[UUID, Owner]:
    newest = {
        row["control_id"]: row["member_id"]
        for row in ControlOwner.objects.filter(control_id__in=controls)
        .order_by("control_id", "since", "recorded_at")
        .values("control_id", "member_id")
    }
    names = {member.id: member.name or member.email for member in members()}
    return {
        control_id: Owner(id=member_id, name=names.get(member_id, "")) for control_id, member_id in newest.items()
    }


def _control(row: dict[str, object], version: dict[str, object], owner: Owner | None) -> ControlInScope:
    written = row["origin"] == "own"
    return ControlInScope(
        key=str(row["key"]), title=str(version["title"]), statement=str(version["statement"]),
        criteria=tuple(version["criteria"]),  # type: ignore[arg-type]
        group="own" if written else str(version["lane"]), duties=tuple(version["duty"]),  # type: ignore[arg-type]
        frequency=str(version["frequency"]), owner=owner, written=written,
        version=int(version["version"]),  # type: ignore[call-overload]
        definition_changed_at=version["effective_at"],  # type: ignore[arg-type]
    )
