"""One organization, inspected: every leaf, record, object, key and checkpoint re-derived and compared."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.fsck.checkpoints import Checkpoints, inspect_pin
from evidence.fsck.findings import Report
from evidence.fsck.leaf import NotALeaf, ReadLeaf, read_leaf
from evidence.fsck.objects import Objects
from evidence.fsck.source import HeadRow, LeafRow, RecordRow, Source
from evidence.fsck.store import Blobs
from evidence.fsck.tree import GrowingTree, hash_of_leaf

_SLACK = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """What an inspection takes on trust, none of it from the database.

    ``pin`` is the signer's own memory of this log, (size, root), if there is one.
    """

    master_key: bytes = field(repr=False)
    signer: Ed25519PublicKey
    blobs: Path
    pin: tuple[int, bytes] | None = None
    orphan_age: float = 3600.0


def inspect_organization(source: Source, trust: Trust) -> Report:
    """Re-derive everything of one organization; the report names what does not hold."""
    report = Report(slug=source.slug)
    head = source.head()
    sizes = {row.size for row in source.checkpoints()} | ({trust.pin[0]} if trust.pin else set())
    objects = Objects(source, Blobs(root=trust.blobs, organization_id=source.organization_id), trust.master_key, report)
    roots: dict[int, bytes] = {0: GrowingTree().root()}
    tree = GrowingTree()
    records = _Records(source.records(), report)
    last: ReadLeaf | None = None
    for row in source.leaves():
        if not _in_sequence(row, tree, report):
            break
        leaf = _leaf(row, head, last, source, report)
        tree.add(row.hash)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
        record = records.take(row.seq)
        if leaf is not None:
            objects.inspect(leaf, record)
            last = leaf
    records.rest()
    report.leaves, report.records = tree.size, records.count
    _head(head, tree, last, report)
    Checkpoints(roots=roots, size=tree.size, head=head, signer=trust.signer, report=report).inspect(
        source.checkpoints()
    )
    inspect_pin(trust.pin, roots, tree.size, report)
    objects.finish(trust.orphan_age)
    return report


def _in_sequence(row: LeafRow, tree: GrowingTree, report: Report) -> bool:
    """Stop at the first gap: everything after it would be reported as wrong, too."""
    if row.seq != tree.size:
        report.wrong("leaf.gap", f"leaf {tree.size}", f"the next leaf that exists is {row.seq}")
        return False
    return True


def _leaf(row: LeafRow, head: HeadRow | None, last: ReadLeaf | None, source: Source, report: Report) -> ReadLeaf | None:
    where = f"leaf {row.seq}"
    if not hmac.compare_digest(hash_of_leaf(row.body), row.hash):
        report.wrong("leaf.hash", where, "its text does not have the hash that stands in the log")
    try:
        leaf = read_leaf(row.body)
    except NotALeaf as error:
        report.wrong("leaf.body", where, str(error))
        return None
    if leaf.seq != row.seq:
        report.wrong("leaf.seq", where, f"its text says {leaf.seq}")
    if head is not None and leaf.log != head.log_id:
        report.wrong("leaf.log", where, "its text names another log")
    if last is not None and leaf.recorded_at < last.recorded_at:
        report.wrong("leaf.time", where, "it was recorded before the leaf before it")
    if leaf.observed_at > leaf.recorded_at + _SLACK:
        report.wrong("leaf.time", where, "it was observed after it was recorded")
    if leaf.simulated != source.sandbox:
        report.wrong("leaf.simulated", where, "simulated time outside a sandbox, or the reverse")
    return leaf


def _head(head: HeadRow | None, tree: GrowingTree, last: ReadLeaf | None, report: Report) -> None:
    if head is None:
        if tree.size:
            report.wrong("head.missing", "head", "the log has leaves but no head")
        return
    if head.size != tree.size:
        report.wrong("head.size", "head", f"it says {head.size} leaves, {tree.size} are there")
    if head.leaves_end > head.size:
        report.wrong("leaf.surplus", f"leaf {head.size}", "the head does not cover it")
    if head.records_end > head.size:
        report.wrong("record.surplus", f"record {head.records_end - 1}", "no leaf stands for it")
    if last is not None and tree.size == head.size and head.recorded_at != last.recorded_at:
        report.wrong("head.time", "head", "it is not the time of the last leaf")
    if head.frontier != tree.subtrees():
        report.wrong("head.frontier", "head", "it is not what the leaves give")


class _Records:
    """Walks the records beside the leaves; both come in order of seq."""

    def __init__(self, rows: Iterator[RecordRow], report: Report) -> None:
        self._rows, self._report = rows, report
        self._next = next(rows, None)
        self.count = 0

    def take(self, seq: int) -> RecordRow | None:
        """The record of this leaf, if there is one; records without a leaf before it are reported."""
        while self._next is not None and self._next.seq < seq:
            self._surplus()
        if self._next is None or self._next.seq != seq:
            return None
        found, self._next = self._next, next(self._rows, None)
        self.count += 1
        return found

    def rest(self) -> None:
        """Report every record that is left over."""
        while self._next is not None:
            self._surplus()

    def _surplus(self) -> None:
        assert self._next is not None
        self._report.wrong("record.surplus", f"record {self._next.seq}", "no leaf stands for it")
        self.count += 1
        self._next = next(self._rows, None)
