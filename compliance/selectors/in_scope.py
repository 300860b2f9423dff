"""The controls in scope with the people who answer for them; without any state. Three queries at any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from compliance.selectors.adopted import AdoptedControl, DefinitionRow, adopted_controls
from compliance.selectors.standing import ControlInScope, Owner
from organizations.roles import CONTRIBUTORS
from organizations.selectors import members


def controls_in_scope(
    given: Sequence[DefinitionRow] | None = None, *, owners: bool = True
) -> tuple[ControlInScope, ...]:
    """All controls in scope by key, each with its newest definition and, unless ``owners`` is False, its present owner.
    ``given``: what `adopted.definitions` read.

    An owner who left is still named: that a control must be handed over is something to be seen. Raises
    `scope.Unbound`.
    """
    names = {member.id: member.name or member.email for member in members()} if owners else {}
    return tuple(_control(row, names) for row in adopted_controls(given, owners=owners))


def possible_owners() -> tuple[Owner, ...]:
    """Active members whose role lets them answer for a control (no viewers, no auditors), by name; one query."""
    return tuple(
        Owner(id=member.id, name=member.name or member.email)
        for member in members()
        if member.active and member.role in CONTRIBUTORS
    )


def _control(row: AdoptedControl, names: Mapping[UUID, str]) -> ControlInScope:
    owner = None if row.owner_id is None else Owner(id=row.owner_id, name=names.get(row.owner_id, "?"))
    return ControlInScope(
        key=row.key,
        title=row.title,
        statement=row.statement,
        criteria=row.criteria,
        group="own" if row.written else row.group,
        duties=row.duty,
        frequency=row.frequency,
        owner=owner,
        written=row.written,
        version=row.version,
        definition_changed_at=row.definition_changed_at,
    )
