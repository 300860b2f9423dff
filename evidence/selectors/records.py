from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from evidence.errors import RecordNotFound
from evidence.ledger import merkle
from evidence.models import Checkpoint, Record
from evidence.selectors.leaves import Leaf, leaves
from evidence.types import RecordState, RecordView


def record(seq: int) -> RecordView:
    """One record of the bound organization, not decrypted. Raises RecordNotFound, ``scope.Unbound``."""
    return _views([record_row(seq)])[0]


def records(
    *,
    stream: str | None = None,
    streams: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[RecordView]:
    """Records of the bound organization, newest first, in three queries whatever ``limit`` is.

    ``stream`` or ``streams`` narrow to these; ``since`` and ``until`` (aware, half-open) bound
    ``observed_at``; ``before`` is the cursor: only records with a smaller sequence number.
    """
    found = Record.objects.order_by("-seq")
    if stream is not None:
        found = found.filter(stream=stream)
    if streams is not None:
        found = found.filter(stream__in=list(streams))
    if since is not None:
        found = found.filter(observed_at__gte=since)
    if until is not None:
        found = found.filter(observed_at__lt=until)
    if before is not None:
        found = found.filter(seq__lt=before)
    return _views(list(found[:limit]))


def streams_with_records() -> list[str]:
    """The stream keys that have records, sorted; for the filter of the list."""
    return list(Record.objects.order_by("stream").values_list("stream", flat=True).distinct())


def record_row(seq: int) -> Record:
    """The row of a record, for this room's selectors. Raises RecordNotFound."""
    row: Record | None = Record.objects.filter(seq=seq).first()
    if row is None:
        raise RecordNotFound("There is no such record in this organization.", what_to_do="Look in the list of records.")
    return row


def differences(row: Record, leaf: Leaf) -> list[str]:
    """Names of the fields in which a record row contradicts its leaf."""
    body = json.loads(leaf.body)
    expected = {
        "seq": (row.seq, body["seq"]),
        "stream": (row.stream, body["stream"]),
        "page": (row.page, body["page"]),
        "ct_sha256": (bytes(row.ct_sha256).hex(), body["ct_sha256"]),
        "ct_len": (row.ct_len, body["ct_len"]),
        "codec": (row.codec, body["codec"]),
        "key": (str(row.chain_id), body["key"]),
        "observed_at": (row.observed_at, datetime.fromisoformat(body["observed_at"])),
        "recorded_at": (row.sealed_at, datetime.fromisoformat(body["recorded_at"])),
        "simulated": (row.simulated, body["simulated"]),
    }
    return [name for name, (mine, sealed) in expected.items() if mine != sealed]


def _views(rows: Sequence[Record]) -> list[RecordView]:
    found = leaves(row.seq for row in rows)
    signed = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0
    return [_view(row, _state(row, found.get(row.seq), signed)) for row in rows]


def _state(row: Record, leaf: Leaf | None, signed: int) -> RecordState:
    """Without decryption: does the row say what its leaf says, does the leaf hash, is it signed."""
    if leaf is None or merkle.leaf_hash(leaf.body) != leaf.hash:
        return "mismatch"
    try:
        if differences(row, leaf):
            return "mismatch"
    except (ValueError, KeyError, TypeError):
        return "mismatch"
    return "sealed" if row.seq < signed else "waiting"


def _view(row: Record, state: RecordState) -> RecordView:
    return RecordView(
        seq=row.seq,
        stream=row.stream,
        connection_id=row.connection_id,
        observed_at=row.observed_at,
        recorded_at=row.sealed_at,
        known_at=row.known_at,
        page=row.page,
        size=row.body_size,
        sealed_size=row.ct_len,
        digest=bytes(row.ct_sha256).hex(),
        simulated=row.simulated,
        state=state,
    )
