"""Job tickets for the replay. In production only the dispatcher process can mint them; the sandbox lives where the
supervisor has given this command the dispatcher's role (embedded mode)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
from django.conf import settings

from organizations import scope

TASK = "sandbox"
GOOD_FOR_SECONDS = 600.0


class WorkerScopes:
    """Opens worker's scopes in one organization; a ticket is used for ten minutes, then a new one is minted."""

    def __init__(self, organization_id: UUID) -> None:
        self._organization_id = organization_id
        self._ticket = b""
        self._minted_at = 0.0

    @contextmanager
    def bound(self) -> Iterator[scope.Scope]:
        """A worker's scope: one transaction."""
        if not self._ticket or time.monotonic() - self._minted_at > GOOD_FOR_SECONDS:
            self._ticket, self._minted_at = self._mint(), time.monotonic()
        with scope.job(self._ticket, task=TASK, connection_id=None) as opened:
            yield opened

    def _mint(self) -> bytes:
        with psycopg.connect(settings.ROLE_DSN["app_sched"], autocommit=True) as connection:
            row = connection.execute(
                "select sec.mint_job(%s, null, %s, '15 minutes')", (self._organization_id, TASK)
            ).fetchone()
        if row is None:
            raise RuntimeError("the database minted no ticket")
        return bytes(row[0])
