"""Controls of the organization: adopting from the library, writing its own, changing a definition, naming an owner."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.catalog import load
from compliance.errors import InvalidDefinition, KeyTaken, UnknownControl, UnknownOwner
from compliance.models import Control, ControlOwner, ControlVersion
from compliance.services.definitions import from_library, own_definition
from organizations import clock, scope
from organizations.gate.identifiers import uuid7
from organizations.gate.unnest import insert_rows
from organizations.roles import AUDITOR
from organizations.selectors import members
from organizations.services.record_activity import record_activity

_KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}-[0-9]{1,4}")


def adopt_controls(*, keys: Sequence[str], owner_id: UUID | None = None) -> int:
    """Adopt controls of the library as the organization's own from now on. Those adopted already are left alone.
    Returns how many were adopted now. Four queries at any number.

    Raises UnknownControl naming every key that the library does not hold, UnknownOwner.
    """
    library = load.controls()
    unknown = [key for key in keys if key not in library]
    if unknown:
        raise UnknownControl(
            f"The library has no control {', '.join(unknown)}.", what_to_do="Choose keys from the list of controls."
        )
    _check_owner(owner_id)
    present = set(Control.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    fresh = [library[key] for key in dict.fromkeys(keys) if key not in present]
    if fresh:
        _write_new(
            [(uuid7(), "library", control.key, from_library(control)) for control in fresh], owner_id, clock.now()
        )
        record_activity("controls.adopted", subject="controls", detail={"keys": [control.key for control in fresh]})
    return len(fresh)


def write_control(
    *,
    title: str,
    statement: str,
    checks: Sequence[str] = (),
    manual: Sequence[str] = (),
    criteria: Sequence[str] = (),
    duty: Sequence[str] = (),
    frequency: str = "continuous",
    key: str | None = None,
    owner_id: UUID | None = None,
) -> str:
    """Write a control of the organization's own, in force from now on. ``checks`` and ``manual`` are its required parts;
    ``duty`` defaults to the duties of its parts; without ``key`` it gets the next OWN-nn. Returns its key.

    Raises InvalidDefinition without a title, a statement or a part; UnknownPart; KeyTaken; UnknownOwner.
    """
    definition = own_definition(
        title=title,
        statement=statement,
        checks=checks,
        manual=manual,
        criteria=criteria,
        duty=duty,
        frequency=frequency,
    )
    _check_owner(owner_id)
    key = key or _next_key()
    if not _KEY.fullmatch(key):
        raise InvalidDefinition(
            f"{key} is no key of a control.", what_to_do="Use capital letters, a dash and a number, like OWN-01."
        )
    if key in load.controls() or Control.objects.filter(key=key).exists():
        raise KeyTaken(f"{key} is taken.", what_to_do="Leave the key empty, or choose another.")
    _write_new([(uuid7(), "own", key, definition)], owner_id, clock.now())
    record_activity("control.written", subject=f"control:{key}", detail={"title": title.strip()})
    return key


def change_control(
    *,
    control_key: str,
    title: str,
    statement: str,
    checks: Sequence[str] = (),
    manual: Sequence[str] = (),
    criteria: Sequence[str] = (),
    duty: Sequence[str] = (),
    frequency: str = "continuous",
) -> int:
    """A new version of a control's definition, in force from now on; continuity splits there. Returns its number.

    Raises UnknownControl, InvalidDefinition, UnknownPart.
    """
    control = _adopted(control_key)
    definition = own_definition(
        title=title,
        statement=statement,
        checks=checks,
        manual=manual,
        criteria=criteria,
        duty=duty,
        frequency=frequency,
    )
    last = ControlVersion.objects.filter(control=control).order_by("-version").first()
    version = (last.version if last else 0) + 1
    ControlVersion.objects.create(
        control=control, version=version, effective_at=clock.now(), actor_id=scope.current().actor_id, **definition
    )
    record_activity("control.changed", subject=f"control:{control_key}", detail={"version": version})
    return version


def assign_owner(*, control_key: str, member_id: UUID) -> None:
    """Make a member answer for a control from now on. The same owner again changes nothing.

    Raises UnknownControl, UnknownOwner.
    """
    control = _adopted(control_key)
    _check_owner(member_id)
    last = ControlOwner.objects.filter(control=control).order_by("-since", "-id").first()
    if last is not None and last.member_id == member_id:
        return
    ControlOwner.objects.create(
        control=control, member_id=member_id, since=clock.now(), actor_id=scope.current().actor_id
    )
    record_activity("control.owner_assigned", subject=f"control:{control_key}", detail={"member": str(member_id)})


def _write_new(rows: Iterable[tuple[UUID, str, str, Mapping[str, Any]]], owner_id: UUID | None, at: datetime) -> None:
    made, actor = list(rows), scope.current().actor_id
    insert_rows(Control, [{"id": id_, "key": key, "origin": origin} for id_, origin, key, _ in made])
    insert_rows(
        ControlVersion,
        [
            {"control_id": id_, "version": 1, "effective_at": at, "actor_id": actor, **definition}
            for id_, _, _, definition in made
        ],
    )
    if owner_id is not None:
        insert_rows(
            ControlOwner,
            [{"control_id": id_, "member_id": owner_id, "since": at, "actor_id": actor} for id_, *_ in made],
        )


def _adopted(control_key: str) -> Control:
    found: Control | None = Control.objects.filter(key=control_key).first()
    if found is None:
        raise UnknownControl(f"{control_key} is not one of this organization's controls.", what_to_do="Adopt it first.")
    return found


def _next_key() -> str:
    taken = set(Control.objects.filter(key__startswith="OWN-").values_list("key", flat=True))
    return next(key for n in range(1, 10_000) if (key := f"OWN-{n:02}") not in taken)


def _check_owner(member_id: UUID | None) -> None:
    if member_id is None:
        return
    if not any(m.id == member_id and m.active and m.role != AUDITOR for m in members()):
        raise UnknownOwner(
            "The owner must be an active member of this organization, and not its auditor.",
            what_to_do="Choose a member from the list.",
        )
