"""Checking Merkle proofs (RFC 9162, section 2.1; hash: SHA-256). Every function returns or raises ProofError.

* inclusion: 2.1.3.2, a leaf's path to the root;
* consistency: 2.1.4.2, the newer tree begins with the older one; it says nothing about an empty older tree, so size 0
  on the left is an error;
* range: several neighbouring leaves with one proof. The hashes are taken level by level from the leaves up, on each
  level first the left neighbour of the run (where it starts at an odd index), then the right one (where it ends at an
  even index and a node follows). For a single leaf that is exactly the inclusion path;
* subtree: a subtree [start, end) against the whole tree, as in draft-ietf-plants-merkle-tree-certs, section 4;
  consistency is its case start = 0.

Every leaf and root is 32 bytes, sizes are below 2^63, and a proof holds exactly as many hashes as its sizes demand.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from terminal_signer.errors import CarbonError
from terminal_signer.receipt import leaf_hash

__all__ = [
    "EMPTY_ROOT", "HASH_SIZE", "MOST_LEAVES", "ProofError", "leaf_hash", "node_hash", "root_from_range",
    "verify_consistency", "verify_inclusion", "verify_range", "verify_subtree_consistency", "verify_subtree_inclusion",
]  # fmt: skip

HASH_SIZE = 32
MOST_LEAVES = 1 << 63
EMPTY_ROOT = sha256(b"").digest()


class ProofError(CarbonError):
    """The proof does not show what it claims, or its parts cannot belong together."""

    code = "proof"


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """The leaf hash `leaf` stands at `index` in the tree of `size` leaves with this root."""
    _same(root_from_range(size, index, (leaf,), path), root, "the path does not lead to the root")


def verify_range(size: int, start: int, leaves: Sequence[bytes], hashes: Sequence[bytes], root: bytes) -> None:
    """The leaf hashes `leaves` stand at `start`, `start` + 1, … in the tree of `size` leaves with this root."""
    _same(root_from_range(size, start, leaves, hashes), root, "the range does not lead to the root")


def root_from_range(size: int, start: int, leaf_hashes: Sequence[bytes], hashes: Sequence[bytes]) -> bytes:
    """The root that a range proof leads to; the caller compares it with one that it trusts."""
    end = start + len(leaf_hashes)
    if not 0 <= start < end <= size < MOST_LEAVES:
        raise ProofError(f"leaves {start}…{end - 1} are not in a tree of {size}")
    run = list(leaf_hashes)
    if any(len(leaf) != HASH_SIZE for leaf in run):
        raise ProofError("a leaf hash is not 32 bytes")
    proof = _hashes(hashes)
    while size > 1:
        if start & 1:
            run.insert(0, _next(proof))
        if end & 1 and end < size:
            run.append(_next(proof))
        start, end, size = start >> 1, (end + 1) >> 1, (size + 1) >> 1
        run = _parents(run)
    _finished(proof)
    return run[0]


def _parents(run: list[bytes]) -> list[bytes]:
    """The level above a run that starts at an even index; a last node without a neighbour moves up as it is."""
    pairs = iter(run)
    above = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]
    if len(run) & 1:
        above.append(run[-1])
    return above


def verify_consistency(m: int, n: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """The tree of `n` leaves with `new_root` begins with the tree of `m` ≥ 1 leaves with `old_root`."""
    if m == 0:
        raise ProofError("an empty tree is consistent with every tree: size 0 proves nothing")
    verify_subtree_consistency(0, m, n, old_root, new_root, proof)


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf: bytes, path: Sequence[bytes], subtree_root: bytes
) -> None:
    """The leaf stands at `index` of the log, within the subtree [start, end) with this root."""
    _check_subtree(start, end)
    if not start <= index < end:
        raise ProofError(f"leaf {index} is not in the subtree [{start}, {end})")
    verify_inclusion(index - start, end - start, leaf, path, subtree_root)


def verify_subtree_consistency(
    start: int, end: int, size: int, subtree_root: bytes, root: bytes, proof: Sequence[bytes]
) -> None:
    """The subtree [start, end) is part of the tree of `size` leaves with this root. An empty one proves only itself."""
    _check_subtree(start, end)
    if not end <= size < MOST_LEAVES:
        raise ProofError(f"the subtree [{start}, {end}) is not in a tree of {size}")
    hashes = _hashes(proof)
    if start == end:
        _finished(hashes)
        _same(EMPTY_ROOT, subtree_root, "an empty subtree has another root")
        return
    old, new = _roots_above(start, end - 1, size - 1, subtree_root, hashes)
    _same(old, subtree_root, "the proof does not lead to the older root")
    _same(new, root, "the proof does not lead to the newer root")


def _roots_above(first: int, last: int, tree_last: int, node: bytes, hashes: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Climb from the largest complete node at the subtree's right end; the root of the subtree and that of the tree."""
    while first != last and (last & 1 or last == tree_last):
        first, last, tree_last = first >> 1, last >> 1, tree_last >> 1
    old = new = node if first == last else _next(hashes)
    for sibling in hashes:
        if tree_last == 0:
            raise ProofError("the proof has more hashes than the sizes allow")
        if last & 1 or last == tree_last:
            if first < last:
                old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not last & 1:
                first, last, tree_last = first >> 1, last >> 1, tree_last >> 1
        else:
            new = node_hash(new, sibling)
        first, last, tree_last = first >> 1, last >> 1, tree_last >> 1
    if tree_last != 0:
        raise ProofError("the proof has fewer hashes than the sizes demand")
    return old, new


def _check_subtree(start: int, end: int) -> None:
    if not 0 <= start <= end < MOST_LEAVES:
        raise ProofError(f"[{start}, {end}) is not a range of leaves")
    if end > start and start % (1 << (end - start - 1).bit_length()):
        raise ProofError(f"[{start}, {end}) is not the range of a subtree")


def _hashes(proof: Sequence[bytes]) -> Iterator[bytes]:
    if any(len(item) != HASH_SIZE for item in proof):
        raise ProofError("a hash of the proof is not 32 bytes")
    return iter(proof)


def _next(hashes: Iterator[bytes]) -> bytes:
    found = next(hashes, None)
    if found is None:
        raise ProofError("the proof has fewer hashes than the sizes demand")
    return found


def _finished(hashes: Iterator[bytes]) -> None:
    if next(hashes, None) is not None:
        raise ProofError("the proof has more hashes than the sizes allow")


def _same(found: bytes, expected: bytes, fault: str) -> None:
    if found != expected:
        raise ProofError(fault)
