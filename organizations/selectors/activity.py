"""Reading the activity log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Q

from organizations import scope
from organizations.models import Activity, Member

# Entries that repeat what the gate noted by itself; the acts themselves have their own entry.
GATE_PREFIX = "gate."
_ACTIONS = """
    with recursive one as (
      (select action from organizations_activity where organization_id = %s order by action limit 1)
      union all
      select (select a.action from organizations_activity a
               where a.organization_id = %s and a.action > one.action order by a.action limit 1)
        from one where one.action is not null)
    select action from one where action is not null
"""


@dataclass(frozen=True, kw_only=True)
class ActivityView:
    """One act. `at` is the organization's time (aware, UTC); `actor_name` is empty for machines and tokens."""

    id: UUID
    action: str
    subject: str
    actor_id: UUID
    actor_name: str
    actor_role: str
    at: datetime
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ActivityPage:
    """One page of the log, newest first. `older` is the value of `before` for the next page, None at the end."""

    entries: tuple[ActivityView, ...]
    older: str | None


def activity(
    *,
    subject: str | None = None,
    action: str | None = None,
    actor_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    with_gate: bool = False,
    before: str | None = None,
    limit: int = 50,
) -> tuple[ActivityView, ...]:
    """Entries of the log, newest first, in two queries. BOUND.

    `subject` is "<kind>:<id>" or, ending in ":", every subject of the kind;
    `action` an action or, ending in ".", every action of the noun; `since`
    (included) and `until` (excluded) are aware; `before` is a cursor of
    `activity_page`. The gate's own notes are left out unless asked for.
    """
    return activity_page(
        subject=subject,
        action=action,
        actor_id=actor_id,
        since=since,
        until=until,
        with_gate=with_gate,
        before=before,
        limit=limit,
    ).entries


def activity_page(
    *,
    subject: str | None = None,
    action: str | None = None,
    actor_id: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    with_gate: bool = False,
    before: str | None = None,
    limit: int = 50,
) -> ActivityPage:
    """As `activity`, with the cursor of the next page."""
    wanted = Q()
    if subject:
        wanted &= Q(subject__startswith=subject) if subject.endswith(":") else Q(subject=subject)
    if action:
        wanted &= Q(action__startswith=action) if action.endswith(".") else Q(action=action)
    if actor_id:
        wanted &= Q(actor_id=actor_id)
    if since:
        wanted &= Q(happened_at__gte=since)
    if until:
        wanted &= Q(happened_at__lt=until)
    if not with_gate:
        wanted &= ~Q(action__startswith=GATE_PREFIX)
    wanted &= _before(before)
    rows = list(Activity.objects.filter(wanted).order_by("-happened_at", "-id")[: limit + 1])
    names = dict(Member.objects.filter(pk__in={row.actor_id for row in rows}).values_list("pk", "name"))
    entries = tuple(_view(row, names.get(row.actor_id, "")) for row in rows[:limit])
    older = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return ActivityPage(entries=entries, older=older)


def actions() -> tuple[str, ...]:
    """The actions that occur in the log of the bound organization, for the filter, in one query. BOUND.

    Steps through the index from one action to the next, so the length of the log does not matter.
    """
    here = str(scope.current().organization_id)
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(_ACTIONS, [here, here])
        return tuple(row[0] for row in cursor.fetchall() if not row[0].startswith(GATE_PREFIX))


def _view(row: Activity, name: str) -> ActivityView:
    return ActivityView(
        id=row.id,
        action=row.action,
        subject=row.subject,
        actor_id=row.actor_id,
        actor_name=name,
        actor_role=row.actor_role,
        at=row.happened_at,
        detail=row.detail,
    )


def _cursor(row: Activity) -> str:
    return f"{row.happened_at.isoformat()}|{row.id}"


def _before(cursor: str | None) -> Q:
    """A cursor that was changed by hand is no cursor: the first page is shown."""
    if not cursor:
        return Q()
    moment, _bar, last = cursor.partition("|")
    try:
        at, last_id = datetime.fromisoformat(moment), UUID(last)
    except ValueError:
        return Q()
    if at.tzinfo is None:
        return Q()
    return Q(happened_at__lt=at) | Q(happened_at=at, id__lt=last_id)
