from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from django.db import connections

from evidence.ledger.wake import ring_on_commit
from evidence.models import Record
from evidence.types import Seal, StoredPage
from organizations import scope

_NOBODY = UUID(int=0)


def append_page(stored: StoredPage) -> Seal:
    """Append the leaf of a stored page and its record row, in the caller's transaction.

    BOUND in the organization of the page. The database writes the leaf: sequence, time, actor and
    the simulated flag cannot be chosen. Raises ``scope.Unbound``, ValueError for a page of another
    organization, and database errors (42501 for readers, 22023 for a leaf out of form).
    (security.md 4.2, ``sec.append_leaf``)
    """
    bound = scope.current()
    if stored.organization_id != bound.organization_id:
        raise ValueError("the page belongs to another organization")
    seq, body, digest = _leaf(stored)
    leaf = json.loads(body)
    recorded_at = datetime.fromisoformat(leaf["recorded_at"])
    is_connection = bound.role == "worker" and bound.actor_id != _NOBODY
    Record.objects.create(
        seq=seq,
        stream=stored.stream,
        connection_id=bound.actor_id if is_connection else None,
        page=stored.page,
        object_id=stored.object_id,
        ct_sha256=stored.ct_sha256,
        ct_len=stored.ct_len,
        body_size=stored.body_size,
        codec=stored.codec,
        chain_id=stored.chain_id,
        observed_at=stored.observed_at,
        sealed_at=recorded_at,
        simulated=leaf["simulated"],
    )
    ring_on_commit()
    return Seal(
        seq=seq,
        leaf_hash=digest,
        object_id=stored.object_id,
        recorded_at=recorded_at,
        observed_at=stored.observed_at,
        bytes_sealed=stored.ct_len,
    )


def _leaf(stored: StoredPage) -> tuple[int, bytes, bytes]:
    with connections[scope.ALIAS].cursor() as cursor:
        cursor.execute(
            "select sec.append_leaf('evidence', %s, %s, %s, %s, %s, %s, %s, %s, sec.simulated())",
            (
                stored.observed_at,
                stored.stream,
                stored.page,
                stored.ct_sha256,
                stored.ct_len,
                stored.pt_commit,
                stored.codec,
                stored.chain_id,
            ),
        )
        (seq,) = cursor.fetchone()
        # A second statement: the first one's snapshot does not see the row that its function wrote.
        cursor.execute(
            "select body, hash from app.leaf where organization_id = %s and seq = %s", (stored.organization_id, seq)
        )
        body, digest = cursor.fetchone()
    return seq, bytes(body), bytes(digest)
