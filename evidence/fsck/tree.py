"""The tree once more, written differently from the writer's: levels of pending nodes instead of a frontier."""

from __future__ import annotations

import hashlib


def hash_of_leaf(body: bytes) -> bytes:
    """RFC 6962: SHA-256 over a zero byte and the leaf."""
    digest = hashlib.sha256(b"\x00")
    digest.update(body)
    return digest.digest()


class GrowingTree:
    """Takes leaf hashes one by one; knows root and pending complete subtrees at every size."""

    def __init__(self) -> None:
        self.size = 0
        self._pending: dict[int, bytes] = {}

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash."""
        level, node = 0, leaf
        while level in self._pending:
            node = hashlib.sha256(b"\x01" + self._pending.pop(level) + node).digest()
            level += 1
        self._pending[level] = node
        self.size += 1

    def subtrees(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees, the largest first."""
        return tuple(self._pending[level] for level in sorted(self._pending, reverse=True))

    def root(self) -> bytes:
        """The RFC 6962 tree hash at this size."""
        if not self._pending:
            return hashlib.sha256().digest()
        node: bytes | None = None
        for level in sorted(self._pending):
            left = self._pending[level]
            node = left if node is None else hashlib.sha256(b"\x01" + left + node).digest()
        assert node is not None
        return node
