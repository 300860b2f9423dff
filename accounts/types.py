"""What the accounts room hands out: frozen views, never models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

Theme = Literal["system", "light", "dark"]
DenialReason = Literal["signed_out", "second_factor", "not_a_member"]


@dataclass(frozen=True, kw_only=True)
class PersonView:
    """A person who can sign in. `time_zone` is an IANA name or empty (the organization's is used)."""

    id: UUID
    name: str
    email: str
    theme: Theme
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class OrganizationEntry:
    """One organization that the person of a session belongs to, as `sec.my_organizations` tells it.

    `until` is None without an end (aware, UTC). `needs_factor`: the role asks for a second factor that this
    session lacks, so the database does not bind it.
    """

    id: UUID
    slug: str
    name: str
    role: str
    until: datetime | None
    sandbox: bool
    needs_factor: bool


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """One open session of a person; times are aware, UTC."""

    id: UUID
    factors: tuple[str, ...]
    opened_at: datetime
    idle_until: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True, kw_only=True)
class InvitationOffer:
    """What an invitation offers to who accepts it; `expires_at` aware, UTC."""

    organization: str
    role: str
    expires_at: datetime
    usable: bool


@dataclass(frozen=True, kw_only=True)
class FactorsView:
    """Which second factors a person has set up."""

    authenticator: bool
    recovery_codes_left: int
    added_at: datetime | None


class HasSession(Protocol):
    """A request that went through `accounts.middleware.SessionTokenMiddleware`."""

    session_token: bytes | None
    issued_token: bytes | None
    close_token: bool
