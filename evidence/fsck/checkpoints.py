"""Checkpoints against the tree that the leaves give, and against what the signer remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.fsck.findings import Report
from evidence.fsck.signed import NotSigned, Said, read_note
from evidence.fsck.source import CheckpointRow, HeadRow

_ED25519 = 1
_SKEW = timedelta(seconds=2)
_ONE_PASS = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Checkpoints:
    """Inspects checkpoints; ``roots`` has the re-derived root at every size that one of them names."""

    roots: Mapping[int, bytes]
    size: int
    head: HeadRow | None
    signer: Ed25519PublicKey
    report: Report

    def inspect(self, rows: Sequence[CheckpointRow]) -> None:
        """Signature, row, log and root of every checkpoint, and that no smaller log was signed later."""
        said = [found for row in rows if (found := self._one(row)) is not None]
        said.sort(key=lambda found: (found.at, found.size))
        for before, after in pairwise(said):
            if after.size < before.size:
                where = f"checkpoint at {after.at:%Y-%m-%d %H:%M:%S}"
                self.report.wrong("checkpoint.order", where, "a smaller log was signed later")

    def _one(self, row: CheckpointRow) -> Said | None:
        where = f"checkpoint of size {row.size} at {row.at:%Y-%m-%d %H:%M:%S}"
        try:
            found = read_note(row.note, self.signer)
        except NotSigned as error:
            self.report.wrong("checkpoint.signature", where, str(error))
            return None
        self.report.checkpoints += 1
        if (found.origin, found.size, found.root, found.at) != (row.origin, row.size, row.root, row.at):
            self.report.wrong("checkpoint.row", where, "its row is not what was signed")
        if row.key_type != _ED25519 or row.simulated_at is not None:
            self.report.wrong("checkpoint.row", where, "its row is not as the signer writes it")
        if not -_SKEW <= row.recorded_at - found.at <= _ONE_PASS:
            self.report.wrong("checkpoint.time", where, "it was not recorded when it says that it was signed")
        if self.head is None or not found.origin.endswith(f"/{self.head.log_id}"):
            self.report.wrong("checkpoint.log", where, f"it is of another log, {found.origin}")
            return None
        if found.size > self.size:
            self.report.wrong("checkpoint.truncated", where, f"it covers {found.size} leaves, {self.size} are there")
        elif self.roots.get(found.size) != found.root:
            self.report.wrong("checkpoint.root", where, "the leaves do not give the root that was signed")
        self.report.signed_size = max(self.report.signed_size, min(found.size, self.size))
        return found


def inspect_pin(pin: tuple[int, bytes] | None, roots: Mapping[int, bytes], size: int, report: Report) -> None:
    """The log against the signer's own memory of it: (size, root)."""
    if pin is None:
        return
    if pin[0] > size:
        report.wrong("pin.truncated", "signer's memory", f"{pin[0]} leaves were signed, {size} are there")
    elif roots.get(pin[0]) != pin[1]:
        report.wrong("pin.root", "signer's memory", f"the first {pin[0]} leaves are not those that were signed")
