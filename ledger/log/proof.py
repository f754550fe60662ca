"""Checking Merkle proofs (RFC 9162, section 2.1; hash: SHA-256). Every function returns or raises ProofError.

* inclusion: 2.1.3.2, a leaf's path to the root;
* range: several neighbouring leaves with one proof (docs/formats/log.md); for a single leaf it is the inclusion path;
* consistency: 2.1.4.2, the newer tree begins with the older one; it says nothing about an empty older tree, so size 0
  on the left is an error.

Every leaf and root is 32 bytes, sizes are below 2^63, and a proof holds exactly as many hashes as its sizes demand.
"""

from collections.abc import Sequence
from hashlib import sha256

from terminal_signer.receipt import (
    HASH_SIZE,
    MOST_LEAVES,
    ProofError,
    checked,
    finished,
    following,
    leaf_hash,
    root_from_range,
)  # fmt: skip

__all__ = [
    "EMPTY_ROOT", "HASH_SIZE", "MOST_LEAVES", "ProofError", "leaf_hash", "node_hash", "root_from_range",
    "verify_consistency", "verify_inclusion", "verify_range",
]  # fmt: skip

EMPTY_ROOT = sha256(b"").digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def verify_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], root: bytes) -> None:
    """The leaf hash `leaf` stands at `index` in the tree of `size` leaves with this root."""
    _same(root_from_range(size, index, (leaf,), path), root, "the path does not lead to the root")


def verify_range(size: int, start: int, leaves: Sequence[bytes], hashes: Sequence[bytes], root: bytes) -> None:
    """The leaf hashes `leaves` stand at `start`, `start` + 1, … in the tree of `size` leaves with this root."""
    _same(root_from_range(size, start, leaves, hashes), root, "the range does not lead to the root")


def verify_consistency(m: int, n: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """The tree of `n` leaves with `new_root` begins with the tree of `m` ≥ 1 leaves with `old_root`."""
    if not 0 < m <= n < MOST_LEAVES:
        raise ProofError(f"a tree of {m} leaves is not the beginning of one of {n}, or is empty and proves nothing")
    hashes = checked(proof)
    node, last = (m - 1, n - 1) if m < n else (0, 0)
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = following(hashes) if node else old_root
    while last:
        sibling = following(hashes)
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    finished(hashes)
    _same(old, old_root, "the proof does not lead to the older root")
    _same(new, new_root, "the proof does not lead to the newer root")


def _same(found: bytes, expected: bytes, fault: str) -> None:
    if found != expected:
        raise ProofError(fault)
