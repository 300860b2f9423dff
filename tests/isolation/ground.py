"""A database to attack: the protected one, or the same with every wall taken off."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Side:
    """One organization of the world: ids, tokens by person's name, and a marker that is in every text of its rows."""

    id: UUID
    slug: str
    marker: str
    tokens: Mapping[str, bytes]
    members: Mapping[str, UUID]
    addresses: Mapping[str, str]
    users: Mapping[str, UUID]
    connections: tuple[UUID, ...]
    rows: Mapping[str, tuple[UUID, ...]]
    api: Mapping[str, bytes]
    invitations: Mapping[str, bytes]


@dataclass
class Ground:
    """Where an attack runs. `open`: the unprotected copy. Connections are closed, uncommitted, after each attack."""

    database: str
    open: bool
    a: Side
    b: Side
    sandbox: Side
    _connections: list[psycopg.Connection[Any]] = field(default_factory=list)

    def dsn(self, role: str) -> str:
        return make_conninfo(settings.ROLE_DSN[role], dbname=self.database)

    def superuser(self) -> psycopg.Connection[Any]:
        place = make_conninfo(os.environ["ATTESTRY_TEST_SERVER"], dbname=self.database, options="-c lock_timeout=5s")
        return self._keep(psycopg.connect(place, autocommit=True))

    def connect(self, role: str = "app_rt", *, autocommit: bool = False, options: str = "") -> psycopg.Connection[Any]:
        """A connection as one of the runtime roles."""
        extra = f"-c TimeZone=UTC -c lock_timeout=3s -c statement_timeout=15s {options}"
        return self._keep(psycopg.connect(self.dsn(role), autocommit=autocommit, prepare_threshold=None, options=extra))

    def bound(self, side: Side, person: str, role: str = "app_rt") -> psycopg.Connection[Any]:
        """A transaction bound by a person's session."""
        connection = self.connect(role)
        connection.execute("select sec.bind(%s, %s)", (side.tokens[person], side.id))
        return connection

    def mallory(self) -> psycopg.Connection[Any]:
        """The attacker: an owner of B with arbitrary SQL."""
        return self.bound(self.b, "mallory")

    def token(self, side: Side, name: str) -> psycopg.Connection[Any]:
        """A transaction bound by an API token."""
        connection = self.connect()
        connection.execute("select sec.bind_token(%s)", (side.api[name],))
        return connection

    def mint(self, side: Side, connection_id: UUID | None, task: str = "pull", ttl: str = "15 minutes") -> bytes:
        """A job ticket, as the dispatcher mints it."""
        sched = self.connect("app_sched", autocommit=True)
        row = sched.execute(
            "select sec.mint_job(%s, %s, %s, %s::interval)", (side.id, connection_id, task, ttl)
        ).fetchone()
        assert row is not None
        return bytes(row[0])

    def worker(self, side: Side, connection_id: UUID | None) -> psycopg.Connection[Any]:
        """A transaction bound by a job ticket."""
        connection = self.connect()
        ticket = self.mint(side, connection_id)
        connection.execute("select sec.bind_job(%s, 'pull', %s)", (ticket, connection_id))
        return connection

    def close(self) -> None:
        while self._connections:
            self._connections.pop().close()

    def _keep(self, connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
        self._connections.append(connection)
        return connection


def rows(connection: psycopg.Connection[Any], query: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """All rows of a query."""
    return connection.execute(query, parameters or None).fetchall()


def value(connection: psycopg.Connection[Any], query: str, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the only row."""
    row = connection.execute(query, parameters or None).fetchone()
    assert row is not None
    return row[0]
