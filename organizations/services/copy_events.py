"""Taking over into the activity log what the gate noted by itself.

Signing in and joining happen on another connection than the organization's, so
the gate notes them by trigger (security.md 4.3). This service copies them, each
once: the database refuses a second entry for the same event. Events that become
visible late, because their transaction was longer than a later one's, are not
lost: the last minute is read again each time.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from organizations import scope
from organizations.models import Activity, Settings
from organizations.services.wall_clock import wall_clock

SETTLED_AFTER = timedelta(minutes=1)
NOBODY = UUID(int=0)
BATCH = 1000
# Acts of the sign-in role and reads have no other entry; everything else was recorded by its own service.
_WORDS = {"organization.insert": "organization.created", "invitation.update": "invitation.used"}


def copy_events() -> int:
    """Copy new events of the bound organization and return how many were new. BOUND; may run twice or at once.

    Does nothing for roles that may not write (auditors, read tokens).
    """
    bound = scope.current()
    if bound.role in {"auditor", "api_read"}:
        return 0
    row = Settings.objects.first() or Settings.objects.create()
    after, new = row.events_seen, 0
    settled_before = wall_clock() - SETTLED_AFTER
    seen = after
    while True:
        events = _events(after)
        if events:
            before_count = Activity.objects.filter(event_id__gt=after).count()
            Activity.objects.bulk_create([_entry(event, bound) for event in events], ignore_conflicts=True)
            new += Activity.objects.filter(event_id__gt=after).count() - before_count
            seen = max([seen, *(event[0] for event in events if event[1] < settled_before)])
            after = events[-1][0]
        if len(events) < BATCH:
            break
    if seen != row.events_seen:
        Settings.objects.filter(pk=row.pk, events_seen__lt=seen).update(events_seen=seen)
    return new


def _events(after: int) -> list[tuple[int, datetime, str, str | None, dict[str, Any]]]:
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select id, at, kind, by_ctx, item from sec.events(%s)", [after])
        # Django hands jsonb out as text on a raw cursor.
        return [(*row[:4], json.loads(row[4])) for row in cursor.fetchall()]


def _entry(event: tuple[int, datetime, str, str | None, Any], bound: scope.Scope) -> Activity:
    event_id, at, kind, by_ctx, item = event
    actor, role = _actor(by_ctx, item)
    return Activity(
        organization_id=bound.organization_id,
        actor_id=actor,
        actor_role=role,
        action=_action(kind, by_ctx),
        subject=_subject(kind, item),
        detail={"item": item},
        event_id=event_id,
        happened_at=at,
    )


def _action(kind: str, by_ctx: str | None) -> str:
    if kind.startswith("read."):
        return kind
    if by_ctx is None and kind == "membership.insert":
        return "member.joined"
    if by_ctx is None and kind in _WORDS:
        return _WORDS[kind]
    return f"gate.{kind}"


def _actor(by_ctx: str | None, item: dict[str, Any]) -> tuple[UUID, str]:
    if by_ctx:
        _organization, actor, role = by_ctx.split("|")[:3]
        return UUID(actor), role
    member = item.get("member_id")
    return (UUID(member), str(item.get("role", ""))) if member else (NOBODY, "sign_in")


def _subject(kind: str, item: dict[str, Any]) -> str:
    if kind.startswith("read."):
        return ""
    noun = kind.partition(".")[0]
    if noun == "membership":
        return f"member:{item.get('member_id')}"
    return f"{noun}:{item['id']}" if item.get("id") else noun
