"""Trees and their proofs against the recursive definitions of RFC 9162, section 2.1."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.log import proof as checks
from ledger.log.proof import EMPTY_ROOT, ProofError, verify_consistency, verify_inclusion, verify_range
from ledger.log.tree import Tree, consistency_proof, leaf_hash, root_of_leaves
from tests.log import naive

MANY = 70
LEAVES = naive.leaves(MANY)
TREE = Tree(LEAVES)


@pytest.mark.parametrize("size", range(MANY + 1))
def test_roots(size: int) -> None:
    expected = naive.root(LEAVES[:size])
    assert TREE.root(size) == Tree(LEAVES[:size]).root() == root_of_leaves(LEAVES[:size]) == expected


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY_ROOT == naive.root([])


@pytest.mark.parametrize("size", range(1, MANY + 1))
def test_inclusion_of_every_leaf(size: int) -> None:
    root = TREE.root(size)
    for index in range(size):
        path = TREE.inclusion(index, size)
        assert path == naive.path(index, LEAVES[:size])
        verify_inclusion(index, size, LEAVES[index], path, root)


@pytest.mark.parametrize("n", range(1, MANY + 1))
def test_consistency_of_every_pair(n: int) -> None:
    """INV-07: an older head is bound to every newer one."""
    for m in range(1, n + 1):
        proof = TREE.consistency(m, n)
        assert proof == naive.consistency(m, LEAVES[:n])
        verify_consistency(m, n, TREE.root(m), TREE.root(n), proof)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_ranges_lead_to_the_naive_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MANY))
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    proof = TREE.range_proof(start, end, size)
    assert checks.root_from_range(size, start, LEAVES[start:end], proof) == naive.root(LEAVES[:size])
    assert len(proof) <= 2 * size.bit_length()
    if end == start + 1:
        assert proof == naive.path(start, LEAVES[:size])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_range_with_anything_changed_is_refused(data: st.DataObject) -> None:
    """INV-01, INV-02: a leaf that is altered, left out, added or moved does not lead to the root."""
    size = data.draw(st.integers(2, MANY))
    start = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(start + 1, size))
    proof, leaves, root = TREE.range_proof(start, end, size), LEAVES[start:end], TREE.root(size)
    verify_range(size, start, leaves, proof, root)
    at = data.draw(st.integers(0, len(leaves) - 1))
    other = leaf_hash(b"other")
    for changed in (
        [*leaves[:at], other, *leaves[at + 1 :]],
        [*leaves[:at], *leaves[at + 1 :]],
        [*leaves[:at], other, *leaves[at:]],
    ):
        with pytest.raises(ProofError):
            verify_range(size, start, changed, proof, root)
    for moved in {start - 1, start + 1}:
        with pytest.raises(ProofError):
            verify_range(size, moved, leaves, proof, root)
    with pytest.raises(ProofError):
        verify_range(size, start, leaves, [*proof, other], root)
    if proof:
        with pytest.raises(ProofError):
            verify_range(size, start, leaves, proof[:-1], root)


@given(st.lists(st.integers(1, 40), max_size=12))
@settings(max_examples=50, deadline=None)
def test_growing_in_parts_makes_the_same_tree(parts: list[int]) -> None:
    whole = naive.leaves(sum(parts))
    tree, done = Tree(), 0
    for part in parts:
        tree.extend(whole[done : done + part])
        done += part
        assert len(tree) == done
    assert tree.root() == root_of_leaves(whole)


hashes = st.one_of(st.just(LEAVES[0]), st.binary(min_size=32, max_size=32), st.binary(max_size=40))
numbers = st.one_of(st.integers(-2, 80), st.integers(-(1 << 70), 1 << 70))


@given(numbers, numbers, hashes, hashes, st.lists(hashes, max_size=8))
@settings(max_examples=200, deadline=None)
def test_garbage_raises_proof_errors_only(a: int, b: int, one: bytes, two: bytes, proof: list[bytes]) -> None:
    """INV-18: whatever stands in a proof, the answer is yes or ProofError."""
    with suppress(ProofError):
        verify_inclusion(a, b, one, proof, two)
    with suppress(ProofError):
        verify_consistency(a, b, one, two, proof)
    with suppress(ProofError):
        verify_range(a, b, [one, two], proof, two)


@pytest.mark.parametrize(("m", "n"), [(0, 0), (0, 5), (6, 5), (-1, 5)])
def test_no_consistency_proof_is_made_for(m: int, n: int) -> None:
    with pytest.raises(ProofError):
        consistency_proof(m, n, TREE.node)


def test_a_tree_proves_nothing_beyond_its_size() -> None:
    with pytest.raises(ProofError):
        TREE.root(MANY + 1)
    with pytest.raises(ProofError):
        TREE.inclusion(0, MANY + 1)
    with pytest.raises(ProofError):
        TREE.inclusion(5, 5)
