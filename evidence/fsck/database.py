"""Reading one organization's rows with a job ticket of its own, batch by batch.

Which role: the signer's role names the logs, the dispatcher's role mints a ticket per organization
(task ``evidence_fsck``), and the runtime role reads with it through the gate like any worker. No
role sees the rows of two organizations, and the inspection needs nothing that bypasses the walls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

from evidence.fsck.source import ChainRow, CheckpointRow, HeadRow, LeafRow, RecordRow
from organizations import scope

TASK = "evidence_fsck"
_BATCH = 2_000


def logs(signer_dsn: str) -> list[UUID]:
    """The organizations that have a log."""
    with psycopg.connect(signer_dsn, autocommit=True) as connection:
        return [row[0] for row in connection.execute("select organization_id from app.log_head order by 1")]


class Tickets:
    """Mints a ticket per organization over one connection of the dispatcher's role; :meth:`close` it."""

    def __init__(self, scheduler_dsn: str) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(scheduler_dsn, autocommit=True)

    def mint(self, organization_id: UUID) -> bytes:
        """A ticket that lives an hour."""
        query = "select sec.mint_job(%s, null, %s, '1 hour')"
        row = self._connection.execute(query, (organization_id, TASK)).fetchone()
        assert row is not None
        return bytes(row[0])

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class DatabaseSource:
    """One organization. Every batch is a short transaction of its own: the log only grows."""

    def __init__(self, organization_id: UUID, tickets: Tickets) -> None:
        self.organization_id, self._tickets = organization_id, tickets
        self._ticket = tickets.mint(organization_id)
        with scope.job(self._ticket, task=TASK, connection_id=None) as bound:
            self.slug, self.sandbox = bound.slug, bound.sandbox
        self._seen: tuple[Sequence[CheckpointRow], HeadRow | None] | None = None

    def head(self) -> HeadRow | None:
        return self._start()[1]

    def checkpoints(self) -> Sequence[CheckpointRow]:
        return self._start()[0]

    def _start(self) -> tuple[Sequence[CheckpointRow], HeadRow | None]:
        """Checkpoints before the head: what is signed meanwhile must not look as if it were cut off."""
        if self._seen is None:
            checkpoints = self._read_checkpoints()
            self._seen = checkpoints, self._read_head()
        return self._seen

    def leaves(self) -> Iterator[LeafRow]:
        query = "select seq, body, hash from app.leaf where organization_id = %s and seq > %s order by seq limit %s"
        for seq, body, digest in self._walk(query):
            yield LeafRow(seq=seq, body=bytes(body), hash=bytes(digest))

    def records(self) -> Iterator[RecordRow]:
        query = (
            "select seq, stream, page, object_id, ct_sha256, ct_len, body_size, codec, chain_id, connection_id,"
            " observed_at, sealed_at, simulated, recorded_at, simulated_at from app.evidence_record"
            " where organization_id = %s and seq > %s order by seq limit %s"
        )
        names = tuple(RecordRow.__dataclass_fields__)
        for row in self._walk(query):
            given = dict(zip(names, row, strict=True))
            yield RecordRow(**(given | {"ct_sha256": bytes(given["ct_sha256"])}))

    def chains(self) -> Sequence[ChainRow]:
        query = (
            "select id, stream, week, provider, wrapped_key, destroyed_at from app.evidence_keychain"
            " where organization_id = %s"
        )
        return [
            ChainRow(id=i, stream=s, week=week, provider=p, wrapped_key=bytes(w), destroyed_at=d)
            for i, s, week, p, w, d in self._rows(query, (self.organization_id,))
        ]

    def _read_checkpoints(self) -> Sequence[CheckpointRow]:
        query = (
            "select id, origin, size, root, at, key_type, note, recorded_at, simulated_at from app.evidence_checkpoint"
            " where organization_id = %s order by at"
        )
        names = tuple(CheckpointRow.__dataclass_fields__)
        rows = [dict(zip(names, row, strict=True)) for row in self._rows(query, (self.organization_id,))]
        return [CheckpointRow(**(row | {"root": bytes(row["root"])})) for row in rows]

    def _read_head(self) -> HeadRow | None:
        query = (
            "select log_id, size, frontier, recorded_at,"
            " (select coalesce(max(seq) + 1, 0) from app.leaf l where l.organization_id = h.organization_id),"
            " (select coalesce(max(seq) + 1, 0) from app.evidence_record r where r.organization_id = h.organization_id)"
            " from app.log_head h where h.organization_id = %s"
        )
        for log_id, size, frontier, at, leaves, records in self._rows(query, (self.organization_id,)):
            nodes = tuple(map(bytes, frontier))
            return HeadRow(
                log_id=log_id, size=size, frontier=nodes, recorded_at=at, leaves_end=leaves, records_end=records
            )
        return None

    def _walk(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows in order of seq. A log that grows meanwhile is read as far as its head stood at the start."""
        head = self.head()
        last, stop = -1, head.size if head is not None else 0
        while rows := self._rows(query, (self.organization_id, last, _BATCH)):
            yield from (row for row in rows if row[0] < stop or stop == 0)
            last = rows[-1][0]

    def _rows(self, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._read(query, parameters)
        except scope.Denied:
            # A ticket lives an hour at most; a long inspection takes another one.
            self._ticket = self._tickets.mint(self.organization_id)
            return self._read(query, parameters)

    def _read(self, query: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with (
            scope.job(self._ticket, task=TASK, connection_id=None),
            connections[scope.ALIAS].cursor() as cursor,
        ):
            cursor.execute(query, parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows
