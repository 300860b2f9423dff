"""RFC 6962 section 2.1: tree hashes, inclusion proofs and consistency proofs. Pure.

Everything takes and gives 32-byte SHA-256 values; ``leaves`` are leaf hashes, not leaf bodies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(body: bytes) -> bytes:
    """Hash of one leaf: SHA-256 over 0x00 and the body."""
    return sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256 over 0x01 and both children."""
    return sha256(b"\x01" + left + right).digest()


def extend(frontier: Sequence[bytes], size: int, leaf: bytes) -> tuple[bytes, ...]:
    """The frontier (roots of the complete subtrees, largest first) after one more leaf."""
    stack, carry = list(frontier), leaf
    while size & 1:
        carry = node_hash(stack.pop(), carry)
        size >>= 1
    return (*stack, carry)


def frontier_root(frontier: Sequence[bytes]) -> bytes:
    """The tree hash that a frontier stands for; the hash of nothing when it is empty."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The tree hash of these leaf hashes, in one pass and logarithmic memory."""
    frontier: tuple[bytes, ...] = ()
    for size, leaf in enumerate(leaves):
        frontier = extend(frontier, size, leaf)
    return frontier_root(frontier)


def _split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf ``index``, bottom up. Raises IndexError outside the tree."""
    if not 0 <= index < len(leaves):
        raise IndexError("leaf index outside the tree")
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            path.append(tree_root(leaves[low:middle]))
            low = middle
    return path[::-1]


def inclusion_path(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> list[tuple[str, bytes, bytes]] | None:
    """Walk a proof: (side of the neighbour, neighbour, resulting hash) per step; None if its shape is wrong."""
    if not 0 <= index < size or len(leaf) != 32 or any(len(node) != 32 for node in proof):
        return None
    walk: list[tuple[str, bytes, bytes]] = []
    position, last, current = index, size - 1, leaf
    for node in proof:
        if last == 0:
            return None
        if position & 1 or position == last:
            current = node_hash(node, current)
            walk.append(("left", node, current))
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, node)
            walk.append(("right", node, current))
        position, last = position >> 1, last >> 1
    return walk if last == 0 else None


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows that ``leaf`` is number ``index`` of the tree with this size and root."""
    walk = inclusion_path(index, size, leaf, proof)
    if walk is None:
        return False
    return (walk[-1][2] if walk else leaf) == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the tree of the first ``old_size`` leaves is a prefix of the tree of all of them."""
    if not 0 < old_size <= len(leaves):
        raise IndexError("old size outside the tree")
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(tree_root(leaves[middle:high]))
            high = middle
        else:
            path.append(tree_root(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(tree_root(leaves[low:high]))
    return path[::-1]


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree (new_size, new_root) extends the tree (old_size, old_root). RFC 9162 section 2.1.4.2."""
    if not 0 < old_size <= new_size or any(len(node) != 32 for node in proof):
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    nodes = list(proof)
    if old_size & (old_size - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        return False
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, node)
        position, last = position >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
