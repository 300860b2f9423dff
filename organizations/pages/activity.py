"""The activity log."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organizations.permissions import STAFF, allow
from organizations.selectors import members, organization
from organizations.selectors.activity import actions, activity_page
from organizations.services.copy_events import copy_events

PER_PAGE = 50
KNOWN = frozenset({"action", "who", "subject", "since", "until", "gate", "before"})


@allow(STAFF)
@require_safe
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who did what, newest first, filtered by what is in the address.

    Takes over what the gate noted by itself first; that adds each entry once
    and changes none. Unknown parameters are ignored with a note.
    """
    copy_events()
    asked, people = request.GET, members()
    wanted, ignored = _wanted(asked, organization().zone, {person.id for person in people})
    page = activity_page(**wanted, before=asked.get("before"), limit=PER_PAGE)
    context = {
        "page": page,
        "people": people,
        "names": {str(person.id): person.name for person in people},
        "actions": actions(),
        "asked": asked,
        "ignored": ignored,
        "filtered": any(asked.get(name) for name in KNOWN - {"before"}),
        "older_url": _with(asked, before=page.older) if page.older else None,
        "newest_url": _with(asked, before=None) if asked.get("before") else None,
    }
    return render(request, "organizations/activity.html", context)


def _wanted(asked: QueryDict, zone: ZoneInfo, people: set[UUID]) -> tuple[dict[str, Any], list[str]]:
    ignored = sorted(set(asked) - KNOWN)
    since, until = _day(asked.get("since")), _day(asked.get("until"))
    who = _id(asked.get("who"))
    ignored += [name for name, value in (("since", since), ("until", until)) if asked.get(name) and value is None]
    if asked.get("who") and who not in people:
        ignored.append("who")
        who = None
    wanted: dict[str, Any] = {
        "action": _text(asked.get("action")),
        "subject": _text(asked.get("subject")),
        "actor_id": who,
        "since": datetime.combine(since, time.min, tzinfo=zone) if since else None,
        "until": datetime.combine(until + timedelta(days=1), time.min, tzinfo=zone) if until else None,
        "with_gate": asked.get("gate") == "1",
    }
    return wanted, ignored


def _text(value: str | None) -> str | None:
    return value[:200].replace("\x00", "") if value else None


def _day(value: str | None) -> date | None:
    try:
        day = date.fromisoformat(value or "")
    except ValueError:
        return None
    return day if date(1970, 1, 1) <= day < date(9000, 1, 1) else None


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None


def _with(asked: QueryDict, *, before: str | None) -> str:
    changed = asked.copy()
    changed.pop("before", None)
    if before:
        changed["before"] = before
    return "?" + changed.urlencode()
