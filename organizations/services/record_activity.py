"""The activity log's only writer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from organizations import clock, scope
from organizations.models import Activity


def record_activity(action: str, *, subject: str = "", detail: Mapping[str, Any] | None = None) -> None:
    """Note an act of the bound actor, in the act's own transaction: no act without its entry, no entry without its act.

    In: `action` as "<noun>.<verb in the past>" ("connection.created"), `subject` as "<kind>:<id>", `detail` with JSON
    values and never a secret. Raises `scope.Unbound`; a failing insert fails the act.
    """
    bound = scope.current()
    Activity.objects.create(
        actor_id=bound.actor_id,
        actor_role=bound.role,
        action=action,
        subject=subject,
        detail=dict(detail or {}),
        happened_at=clock.now(),
    )
