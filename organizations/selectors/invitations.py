"""The invitations of the bound organization."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from organizations import scope

# The address is the organization's row; whether it can still be used is the gate's to say.
_INVITATIONS = """
    select i.id, i.email, i.role, i.member_until, i.sent_at, s.expires_at, i.withdrawn_at, s.used_at,
           s.used_at is null and i.withdrawn_at is null and s.expires_at > clock_timestamp()
      from organizations_invitation i join sec.invitations() s on s.th = i.secret_digest
     where i.organization_id = %s order by i.sent_at desc limit 200
"""


@dataclass(frozen=True, kw_only=True)
class InvitationView:
    """An invitation as the organization's people see it; times aware, UTC. `open`: it can still be accepted."""

    id: UUID
    email: str
    role: str
    member_until: datetime | None
    sent_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    used_at: datetime | None
    open: bool


def invitations() -> tuple[InvitationView, ...]:
    """The last 200 invitations, newest first, in one query. BOUND."""
    bound = scope.current()
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(_INVITATIONS, (bound.organization_id,))
        return tuple(
            InvitationView(
                id=row[0],
                email=row[1],
                role=row[2],
                member_until=row[3],
                sent_at=row[4],
                expires_at=row[5],
                withdrawn_at=row[6],
                used_at=row[7],
                open=row[8],
            )
            for row in cursor.fetchall()
        )
