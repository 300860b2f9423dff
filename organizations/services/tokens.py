"""API tokens: shown once, bound through the same gate as people."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext as _

from organizations import roles, scope
from organizations.errors import NotFound
from organizations.selectors.tokens import api_tokens
from organizations.services.record_activity import record_activity
from organizations.services.refusals import WrongInput, refusals_of_the_gate

TOKEN_PREFIX = "at_"  # noqa: S105 -- the public beginning of every token
LONGEST_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token that was just made. `text` is what the caller sends; it is kept nowhere."""

    id: UUID
    name: str
    text: str = field(repr=False)


def new_api_token(*, name: str, role: str, days: int) -> NewToken:
    """Make an API token of the bound organization. BOUND, owner or security owner.

    It ends after `days` (1 to 365), when it is revoked, and with the membership
    of who made it. Raises `WrongInput`, `NotAllowed`.
    """
    label = " ".join(name.split())
    if not 1 <= len(label) <= 80:
        raise WrongInput(_("A name is needed, at most 80 characters."), what_to_do=_("Say what the token is for."))
    if role not in roles.API_READERS:
        raise WrongInput(_("There is no such right."), what_to_do=_("Choose one of the list."))
    if not 1 <= days <= LONGEST_DAYS:
        raise WrongInput(_("A token lives 1 to 365 days."), what_to_do=_("Choose another number of days."))
    with refusals_of_the_gate(), connections[scope.ALIAS].cursor() as cursor:
        parameters: list[Any] = [label, role, timedelta(days=days)]
        cursor.execute("select sec.new_api_token(%s, %s, %s)", parameters)
        secret = bytes(cursor.fetchone()[0])
    made = next(token for token in api_tokens() if token.name == label and token.made_by == scope.current().actor_id)
    record_activity(
        "api_token.made", subject=f"api_token:{made.id}", detail={"name": label, "role": role, "days": days}
    )
    return NewToken(id=made.id, name=label, text=TOKEN_PREFIX + base64.urlsafe_b64encode(secret).decode().rstrip("="))


def revoke_api_token(*, token_id: UUID) -> None:
    """Make a token unusable, at once. BOUND. Raises `NotFound` for a foreign or missing one, `NotAllowed`."""
    found = next((token for token in api_tokens() if token.id == token_id), None)
    if found is None:
        raise NotFound
    with refusals_of_the_gate(), connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select sec.revoke_api_token(%s)", [token_id])
        changed = bool(cursor.fetchone()[0])
    if changed:
        record_activity("api_token.revoked", subject=f"api_token:{token_id}", detail={"name": found.name})
