"""The people of the bound organization, past and present."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from django.db import connections

from organizations import scope
from organizations.errors import NotFound
from organizations.types import MemberView

_MEMBERS = """
    select m.id, m.name, m.email, s.role, s.valid_from, nullif(s.valid_to, 'infinity'), clock_timestamp() < s.valid_to
      from organizations_member m join sec.members() s on s.member_id = m.id
     where m.organization_id = %s order by lower(m.name), m.id
"""


def members() -> list[MemberView]:
    """Everyone who is or was a member, by name, in one query. Raises `scope.Unbound`."""
    bound = scope.current()
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(_MEMBERS, (bound.organization_id,))
        return [
            MemberView(
                id=row[0], name=row[1], email=row[2], role=row[3], since=_utc(row[4]), until=row[5], active=row[6]
            )
            for row in cursor.fetchall()
        ]


def member(member_id: UUID) -> MemberView:
    """One of them. Raises `NotFound`, for a foreign id as for a missing one."""
    for found in members():
        if found.id == member_id:
            return found
    raise NotFound


def _utc(value: datetime) -> datetime:
    return value.astimezone(UTC)
