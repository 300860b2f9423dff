"""The tree code against RFC 6962's own examples, exhaustively for small trees, and against lies."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.ledger import merkle

# Leaf inputs and roots of the well-known eight-leaf example of the certificate transparency project.
INPUTS = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SMALL = 64


def _leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def _by_the_letter(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1 writes it, with nothing clever."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + _by_the_letter(leaves[:k]) + _by_the_letter(leaves[k:])).digest()


def test_the_roots_of_the_published_example_are_reached() -> None:
    leaves = [merkle.leaf_hash(data) for data in INPUTS]
    assert [merkle.tree_root(leaves[: n + 1]).hex() for n in range(8)] == ROOTS
    assert merkle.tree_root([]).hex() == sha256(b"").hexdigest()


def test_the_published_inclusion_and_consistency_proofs_are_made() -> None:
    leaves = [merkle.leaf_hash(data) for data in INPUTS]
    assert [n.hex() for n in merkle.inclusion_proof(leaves, 5)] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [n.hex() for n in merkle.consistency_proof(leaves, 6)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_small_tree_has_the_root_that_the_definition_gives() -> None:
    for size in range(SMALL + 1):
        leaves = _leaves(size)
        assert merkle.tree_root(leaves) == _by_the_letter(leaves)


def _flipped(value: bytes) -> bytes:
    return bytes((value[0] ^ 1,)) + value[1:]


def test_every_inclusion_proof_of_small_trees_holds_and_every_single_change_breaks_it() -> None:
    checked = 0
    for size in range(1, SMALL + 1):
        leaves = _leaves(size)
        root = merkle.tree_root(leaves)
        for index in range(size):
            proof = merkle.inclusion_proof(leaves, index)
            leaf = leaves[index]
            assert merkle.verify_inclusion(index, size, leaf, proof, root)
            lies = [(index, size, _flipped(leaf), proof, root), (index, size, leaf, proof, _flipped(root))]
            lies += [(index, size, leaf, [*proof, root], root), (index, size, leaf, proof[:-1], root)] if proof else []
            lies += [(wrong, size, leaf, proof, root) for wrong in (index - 1, index + 1, size) if wrong != index]
            lies += [
                (index, size, leaf, [*proof[:k], _flipped(proof[k]), *proof[k + 1 :]], root) for k in range(len(proof))
            ]
            for lie in lies:
                assert not merkle.verify_inclusion(*lie), (size, index, lie[0])
                checked += 1
    assert checked > 15_000


def test_every_consistency_proof_of_small_trees_holds_and_every_single_change_breaks_it() -> None:
    for size in range(1, SMALL + 1):
        leaves = _leaves(size)
        root = merkle.tree_root(leaves)
        for old in range(1, size + 1):
            proof = merkle.consistency_proof(leaves, old)
            before = merkle.tree_root(leaves[:old])
            assert merkle.verify_consistency(old, size, before, root, proof)
            assert not merkle.verify_consistency(old, size, _flipped(before), root, proof)
            assert not merkle.verify_consistency(old, size, before, _flipped(root), proof)
            assert not merkle.verify_consistency(old, size, before, root, [*proof, root])
            for k in range(len(proof)):
                changed = [*proof[:k], _flipped(proof[k]), *proof[k + 1 :]]
                assert not merkle.verify_consistency(old, size, before, root, changed)
                assert not merkle.verify_consistency(old, size, before, root, proof[:k] + proof[k + 1 :])


def test_a_proof_outside_the_tree_is_not_made() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(_leaves(3), 3)
    with pytest.raises(IndexError):
        merkle.consistency_proof(_leaves(3), 0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=8), max_size=200))
def test_growing_a_frontier_leaf_by_leaf_gives_the_root_of_the_whole(bodies: list[bytes]) -> None:
    frontier: tuple[bytes, ...] = ()
    for size, body in enumerate(bodies):
        frontier = merkle.extend(frontier, size, merkle.leaf_hash(body))
    assert len(frontier) == len(bodies).bit_count()
    assert merkle.frontier_root(frontier) == _by_the_letter([merkle.leaf_hash(b) for b in bodies])
