"""The organization's clock: simulated in a sandbox, the database's everywhere else (architecture 7)."""

from __future__ import annotations

from datetime import datetime

from django.db import connections

from organizations import scope


def now() -> datetime:
    """The bound organization's present, UTC. Raises `scope.Unbound` outside a scope."""
    scope.current()
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select sec.now()")
        found: datetime = cursor.fetchone()[0]
    return found


def is_simulated() -> bool:
    """Whether the bound organization lives in simulated time. The database decides, at the organization's birth."""
    return scope.current().sandbox


def advance(at: datetime) -> None:
    """Move a sandbox organization's clock forward to `at` (UTC, never in the future).

    Raises a database error (TN010) for every other organization and outside a worker's scope.
    """
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select sec.advance_clock(%s)", (at,))
