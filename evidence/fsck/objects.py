"""Records against leaves, stored bytes against both, and the bytes themselves opened."""

from __future__ import annotations

import hmac
from datetime import timedelta
from uuid import UUID

from evidence.fsck.findings import Report
from evidence.fsck.leaf import ReadLeaf
from evidence.fsck.opening import STANDS_ALONE, CannotOpen, Opened, chain_key, open_object
from evidence.fsck.source import ChainRow, RecordRow, Source
from evidence.fsck.store import Blobs, sha256

_NOBODY = UUID(int=0)
# Leaf and row are written in one transaction, which the server ends after seconds.
_ONE_TRANSACTION = timedelta(minutes=1)
# The clock of a sandbox moves by days, between pulls.
_ONE_DAY = timedelta(days=1)


class Objects:
    """Inspects the object behind each leaf; remembers what was cited, to name orphans at the end."""

    def __init__(self, source: Source, blobs: Blobs, master: bytes, report: Report) -> None:
        self._organization_id, self._blobs, self._master, self._report = source.organization_id, blobs, master, report
        self._chains: dict[UUID, ChainRow] = {row.id: row for row in source.chains()}
        self._keys: dict[UUID, bytes | CannotOpen] = {}
        self._bases: dict[UUID, tuple[UUID, bytes]] = {}
        self._cited: set[str] = set()
        self._shredded_by_leaf: set[UUID] = set()
        self._shredded_in_use: set[UUID] = set()

    def inspect(self, leaf: ReadLeaf, record: RecordRow | None) -> None:
        """One leaf and its record."""
        if leaf.kind == "key_destroyed":
            self._shredded_by_leaf.add(leaf.key)
        if leaf.kind != "evidence":
            if record is not None:
                self._report.wrong("record.surplus", f"record {leaf.seq}", f"its leaf is of type {leaf.kind}")
            return
        self._cited.add(leaf.ct_sha256.hex())
        if record is None:
            self._report.wrong("record.missing", f"leaf {leaf.seq}", "no record stands for it")
            return
        self._compare(leaf, record)
        if record.codec == STANDS_ALONE:
            self._bases[record.object_id] = (record.chain_id, record.ct_sha256)
        data = self._stored(leaf)
        if data is not None:
            self._open(leaf, record, data)

    def finish(self, orphan_age: float) -> None:
        """What can only be said at the end: keys destroyed without a leaf, and orphans."""
        for chain in sorted(self._shredded_in_use - self._shredded_by_leaf, key=str):
            self._report.wrong("key.destroyed", f"chain {chain}", "its key is gone and no leaf says why")
        for name in self._blobs.orphans(self._cited, older_than=orphan_age):
            self._report.note("blob.orphan", f"object {name[:16]}…", "no leaf cites it")

    def _compare(self, leaf: ReadLeaf, record: RecordRow) -> None:
        pairs = {
            "stream": (record.stream, leaf.stream),
            "page": (record.page, leaf.page),
            "ct_sha256": (record.ct_sha256, leaf.ct_sha256),
            "ct_len": (record.ct_len, leaf.ct_len),
            "codec": (record.codec, leaf.codec),
            "key": (record.chain_id, leaf.key),
            "observed_at": (record.observed_at, leaf.observed_at),
            "recorded_at": (record.sealed_at, leaf.recorded_at),
            "simulated": (record.simulated, leaf.simulated),
            "connection": (record.connection_id or _NOBODY, leaf.actor),
        }
        wrong = [name for name, (mine, sealed) in pairs.items() if mine != sealed]
        if wrong:
            self._report.wrong("record.field", f"record {record.seq}", f"it contradicts its leaf in {', '.join(wrong)}")
        if not timedelta() <= record.recorded_at - record.sealed_at <= _ONE_TRANSACTION:
            self._report.wrong("record.time", f"record {record.seq}", "its row was not written right after its leaf")
        if (record.simulated_at is not None) != leaf.simulated:
            self._report.wrong(
                "record.time", f"record {record.seq}", "simulated time outside a sandbox, or the reverse"
            )
        chain = self._chains.get(leaf.key)
        if chain is not None and chain.stream != leaf.stream:
            self._report.wrong(
                "key.stream", f"chain {chain.id}", f"it is of {chain.stream}, leaf {leaf.seq} of {leaf.stream}"
            )

    def _stored(self, leaf: ReadLeaf) -> bytes | None:
        where = f"object of leaf {leaf.seq}"
        data = self._blobs.read(leaf.ct_sha256)
        if data is None:
            self._report.wrong("blob.missing", where, f"no file {leaf.ct_sha256.hex()[:16]}…")
            return None
        if len(data) != leaf.ct_len:
            self._report.wrong("blob.length", where, f"{len(data)} bytes, the leaf says {leaf.ct_len}")
        if sha256(data) != leaf.ct_sha256:
            self._report.wrong("blob.digest", where, "its SHA-256 is not the one in the leaf")
            return None
        return data

    def _open(self, leaf: ReadLeaf, record: RecordRow, data: bytes) -> None:
        where = f"object of leaf {leaf.seq}"
        chain = self._chains.get(leaf.key)
        if chain is None:
            self._report.wrong("key.missing", where, f"there is no chain {leaf.key}")
            return
        if chain.destroyed_at is not None:
            self._shredded_in_use.add(chain.id)
            self._report.shredded += 1
            return
        try:
            opened = self._opened(record.object_id, leaf.key, data)
        except CannotOpen as error:
            self._report.wrong(error.kind, where, str(error))
            return
        if not hmac.compare_digest(opened.commitment, leaf.pt_commit):
            self._report.wrong("blob.commitment", where, "its content does not match the commitment in the leaf")
        if opened.codec != leaf.codec:
            self._report.wrong("blob.codec", where, f"it is codec {opened.codec}, the leaf says {leaf.codec}")
        if opened.body_size != record.body_size:
            self._report.wrong("record.field", f"record {record.seq}", "body_size is not the size of the body")
        known = opened.known_at
        if known and record.simulated_at and not timedelta() <= record.simulated_at - known <= _ONE_DAY:
            self._report.wrong("record.time", f"record {record.seq}", "it was not known when its envelope says")
        self._report.opened += 1

    def _opened(self, object_id: UUID, chain_id: UUID, data: bytes) -> Opened:
        key = self._key(chain_id)

        def base(base_id: UUID) -> bytes:
            found = self._bases.get(base_id)
            if found is None or found[0] != chain_id:
                raise CannotOpen("blob.base", "its base is not an earlier page of the same chain")
            stored = self._blobs.read(found[1])
            if stored is None or sha256(stored) != found[1]:
                raise CannotOpen("blob.base", "the stored bytes of its base are damaged or gone")
            return self._with(key, base_id, stored).content

        return open_object(data, key=key, organization_id=self._organization_id, object_id=object_id, base=base)

    def _with(self, key: bytes, object_id: UUID, data: bytes) -> Opened:
        def none(_base: UUID) -> bytes:
            raise CannotOpen("blob.base", "its base has a base of its own")

        return open_object(data, key=key, organization_id=self._organization_id, object_id=object_id, base=none)

    def _key(self, chain_id: UUID) -> bytes:
        if chain_id not in self._keys:
            row = self._chains[chain_id]
            try:
                self._keys[chain_id] = chain_key(self._master, self._organization_id, row)
            except CannotOpen as error:
                self._keys[chain_id] = error
        found = self._keys[chain_id]
        if isinstance(found, CannotOpen):
            raise found
        return found
