"""Reading the log. ``app.leaf`` and ``app.log_head`` belong to the gate; here they are only read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connections

from organizations import scope


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One leaf: its canonical body and the hash that stands in the tree."""

    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class LogHead:
    """The log's identity and its number of leaves."""

    log_id: UUID
    size: int


def head() -> LogHead | None:
    """The bound organization's log, None before its first leaf."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute("select log_id, size from app.log_head where organization_id = %s", (_organization(),))
        row = cursor.fetchone()
    return None if row is None else LogHead(log_id=row[0], size=row[1])


def leaves(seqs: Iterable[int]) -> dict[int, Leaf]:
    """These leaves of the bound organization, by sequence number."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(
            "select seq, body, hash from app.leaf where organization_id = %s and seq = any(%s)",
            (_organization(), list(seqs)),
        )
        return {seq: Leaf(seq=seq, body=bytes(body), hash=bytes(digest)) for seq, body, digest in cursor.fetchall()}


def hashes(size: int) -> list[bytes]:
    """The hashes of the first ``size`` leaves, in order; shorter if leaves are missing."""
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(
            "select hash from app.leaf where organization_id = %s and seq < %s order by seq", (_organization(), size)
        )
        return [bytes(digest) for (digest,) in cursor.fetchall()]


def _organization() -> UUID:
    return scope.current().organization_id
