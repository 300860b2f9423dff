"""The one opener of an organization's scope.

A scope is one database transaction in which the database itself has verified who asks: a person's session token, an
API token, or a job ticket (ADR 0001). Outside of it every organization manager raises `Unbound` before SQL, and the
database raises TN001 as soon as a row would be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections, transaction

ALIAS = "default"


class Unbound(RuntimeError):
    """Organization data was asked for outside a scope. Never answered with an empty set: that would be a false green."""


class Denied(Exception):
    """The database refused to bind: unknown, ended, foreign or too weak. One answer for all of them."""


class AlreadyBound(RuntimeError):
    """A scope was opened inside another; one transaction belongs to one organization."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the database vouched for: the organization, the actor (member, token or connection id) and the role."""

    organization_id: UUID
    actor_id: UUID
    role: str
    slug: str
    name: str
    sandbox: bool
    time_zone: str
    # The organization's clock when the scope opened, UTC: what a page calls "now".
    opened_at: datetime
    # Whether the session's idle time should be prolonged after this.
    idle: bool = False


_current: ContextVar[Scope | None] = ContextVar("organization_scope", default=None)


def current() -> Scope:
    """The open scope. Raises `Unbound` when there is none."""
    found = _current.get()
    if found is None:
        raise Unbound("No organization is bound. Open one with organizations.scope.session, api_token or job.")
    return found


def is_open() -> bool:
    """Whether a scope is open in this context."""
    return _current.get() is not None


@contextmanager
def session(token: bytes, slug: str) -> Iterator[Scope]:
    """Bind a person's session to the organization called `slug`.

    In: the 32-byte session token, the slug from the path. Guarantees: one transaction, committed when the block ends
    and rolled back when it raises. Raises `Denied` for everything that is not a live membership with the factors that
    its role needs.
    """
    with _opened("sec.open_for_session(%s, %s)", (token, slug)) as found:
        yield found


@contextmanager
def api_token(token: bytes) -> Iterator[Scope]:
    """Bind an API token (roles api_read and api_write). Raises `Denied`; the token dies with its maker's membership."""
    with _opened("sec.open_for_token(%s)", (token,)) as found:
        yield found


@contextmanager
def job(ticket: bytes, *, task: str, connection_id: UUID | None) -> Iterator[Scope]:
    """Bind a piece of machine work by the ticket that the dispatcher minted for exactly this task and connection."""
    with _opened("sec.open_for_job(%s, %s, %s)", (ticket, task, connection_id)) as found:
        yield found


@contextmanager
def _opened(opening: str, parameters: Sequence[Any]) -> Iterator[Scope]:
    if _current.get() is not None:
        raise AlreadyBound("A scope is open already.")
    with transaction.atomic(using=ALIAS, durable=True):
        found = _bound(opening, parameters)
        mark = _current.set(found)
        try:
            yield found
        finally:
            _current.reset(mark)


def _bound(opening: str, parameters: Sequence[Any]) -> Scope:
    with connections[ALIAS].cursor() as cursor:
        try:
            cursor.execute(
                f"select organization_id, actor_id, role, slug, name, sandbox, time_zone, at, idle from {opening}",
                parameters,
            )
        except DatabaseError as error:
            if getattr(error.__cause__, "sqlstate", "") == "42501":
                raise Denied from None
            raise
        organization_id, actor_id, role, slug, name, sandbox, time_zone, at, idle = cursor.fetchone()
    return Scope(
        organization_id=organization_id,
        actor_id=actor_id,
        role=role,
        slug=slug,
        name=name,
        sandbox=sandbox,
        time_zone=time_zone,
        opened_at=at,
        idle=idle,
    )
