"""The signer's connection: role app_signer, which sees sizes, frontiers and leaf hashes, no bodies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg

from evidence.ledger import note
from evidence.ledger.signer import Head

_BATCH = 10_000


class SignerDatabase:
    """One autocommit connection; :meth:`close` it. Raises psycopg.Error when the server is away."""

    def __init__(self, dsn: str) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(dsn, autocommit=True, prepare_threshold=None)

    def close(self) -> None:
        self._connection.close()

    def now(self) -> datetime:
        row = self._connection.execute("select clock_timestamp()").fetchone()
        assert row is not None
        moment: datetime = row[0]
        return moment

    def heads(self) -> Sequence[Head]:
        rows = self._connection.execute(
            "select organization_id, log_id, size, frontier from app.log_head order by organization_id"
        )
        return [Head(organization_id=o, log_id=log, size=n, frontier=tuple(map(bytes, f))) for o, log, n, f in rows]

    def hashes(self, organization_id: UUID, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
        for low in range(start, stop, _BATCH):
            rows = self._connection.execute(
                "select seq, hash from app.leaf where organization_id = %s and seq >= %s and seq < %s order by seq",
                (organization_id, low, min(low + _BATCH, stop)),
            ).fetchall()
            yield from ((seq, bytes(digest)) for seq, digest in rows)

    def publish(self, organization_id: UUID, checkpoint: note.Checkpoint, signed: str) -> None:
        # simulated_at is named because its default asks for a bound organization, which a signer never has.
        self._connection.execute(
            "insert into app.evidence_checkpoint (organization_id, id, simulated_at, origin, size, root, at, key_type, note)"
            " values (%s, %s, null, %s, %s, %s, %s, %s, %s)",
            (
                organization_id,
                uuid4(),
                checkpoint.origin,
                checkpoint.size,
                checkpoint.root,
                checkpoint.at,
                note.ED25519,
                signed,
            ),
        )
