"""The Merkle tree of RFC 9162, section 2.1, and the proofs it answers with.

The functions ask for nodes through `node(level, index)`: the hash over the 2^level leaves from index · 2^level on. Only
complete nodes are asked for, so the answer never changes while the log grows, and it makes no difference whether the
nodes lie in memory (`Tree`) or in tiles. Nodes at the right edge that are not complete are put together here.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from ledger.log.proof import EMPTY_ROOT, MOST_LEAVES, ProofError, leaf_hash, node_hash

Node = Callable[[int, int], bytes]

__all__ = [
    "Node", "Tree", "consistency_proof", "inclusion_path", "leaf_hash", "node_hash", "parents", "range_proof", "root",
    "root_of_leaves",
]  # fmt: skip


def parents(nodes: Sequence[bytes]) -> list[bytes]:
    """The level above; a last node without a neighbour is left out."""
    pairs = iter(nodes)
    return [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=False)]


def root(size: int, node: Node) -> bytes:
    """The root of the first `size` leaves."""
    if not 0 <= size < MOST_LEAVES:
        raise ProofError(f"a tree cannot have {size} leaves")
    return _span(0, size, node) if size else EMPTY_ROOT


def root_of_leaves(leaves: Sequence[bytes]) -> bytes:
    """The root over a list of leaf hashes."""
    level = list(leaves)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        above = parents(level)
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return level[0]


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """PATH(index, D_size), section 2.1.3.1."""
    return range_proof(index, index + 1, size, node)


def range_proof(start: int, end: int, size: int, node: Node) -> list[bytes]:
    """One proof for the leaves [start, end); see `ledger.log.proof` for the order of its hashes."""
    if not 0 <= start < end <= size < MOST_LEAVES:
        raise ProofError(f"leaves {start}…{end - 1} are not in a tree of {size}")
    return _climb(0, start, end, size, node)


def consistency_proof(m: int, n: int, node: Node) -> list[bytes]:
    """PROOF(m, D_n), section 2.1.4.1: the last complete node of the older tree (left out where it is that whole tree),
    then its path to the newer root."""
    if not 0 < m <= n < MOST_LEAVES:
        raise ProofError(f"no consistency proof leads from size {m} to size {n}")
    if m == n:
        return []
    level = (m & -m).bit_length() - 1
    index = (m >> level) - 1
    seed = [node(level, index)] if index else []
    return seed + _climb(level, index, index + 1, n, node)


def _climb(level: int, start: int, end: int, size: int, node: Node) -> list[bytes]:
    """The neighbours that the nodes [start, end) of a level need on their way to the root, from below, left first."""
    hashes = []
    count = -(-size >> level)
    while count > 1:
        if start & 1:
            hashes.append(node(level, start - 1))
        if end & 1 and end < count:
            complete = (end + 1) << level <= size
            hashes.append(node(level, end) if complete else _span(end << level, size, node))
        level, start, end, count = level + 1, start >> 1, (end + 1) >> 1, (count + 1) >> 1
    return hashes


def _span(start: int, end: int, node: Node) -> bytes:
    """The root over the leaves [start, end), where `start` is a multiple of the largest power of two that fits."""
    peaks = []
    while start < end:
        level = (end - start).bit_length() - 1
        peaks.append(node(level, start >> level))
        start += 1 << level
    total = peaks.pop()
    while peaks:
        total = node_hash(peaks.pop(), total)
    return total


class Tree:
    """A tree in memory that only grows. It holds every complete node: about 64 bytes of hashes for each leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        self.extend(leaves)

    def __len__(self) -> int:
        return len(self._levels[0])

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes (`leaf_hash(entry)`)."""
        self._levels[0].extend(leaves)
        level = 0
        while len(self._levels[level]) > 1:
            if level + 1 == len(self._levels):
                self._levels.append([])
            above = self._levels[level + 1]
            below = self._levels[level]
            above.extend(parents(below[2 * len(above) :] if above else below))
            level += 1

    def append(self, leaf: bytes) -> None:
        self.extend((leaf,))

    def node(self, level: int, index: int) -> bytes:
        return self._levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        return root(self._size(size), self.node)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        return inclusion_path(index, self._size(size), self.node)

    def range_proof(self, start: int, end: int, size: int | None = None) -> list[bytes]:
        return range_proof(start, end, self._size(size), self.node)

    def consistency(self, m: int, n: int | None = None) -> list[bytes]:
        return consistency_proof(m, self._size(n), self.node)

    def _size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if size > len(self):
            raise ProofError(f"the tree has {len(self)} leaves, not {size}")
        return size
