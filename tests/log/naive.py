"""RFC 9162 as its section 2.1 writes it: recursive, slow, and independent of the code under test."""

from collections.abc import Sequence
from hashlib import sha256


def leaves(count: int) -> list[bytes]:
    return [sha256(b"\x00" + number.to_bytes(8, "big")).digest() for number in range(count)]


def root(nodes: Sequence[bytes]) -> bytes:
    if not nodes:
        return sha256(b"").digest()
    if len(nodes) == 1:
        return nodes[0]
    k = _split(len(nodes))
    return sha256(b"\x01" + root(nodes[:k]) + root(nodes[k:])).digest()


def path(index: int, nodes: Sequence[bytes]) -> list[bytes]:
    if len(nodes) == 1:
        return []
    k = _split(len(nodes))
    if index < k:
        return [*path(index, nodes[:k]), root(nodes[k:])]
    return [*path(index - k, nodes[k:]), root(nodes[:k])]


def consistency(m: int, nodes: Sequence[bytes], whole: bool = True) -> list[bytes]:
    if m == len(nodes):
        return [] if whole else [root(nodes)]
    k = _split(len(nodes))
    if m <= k:
        return [*consistency(m, nodes[:k], whole), root(nodes[k:])]
    return [*consistency(m - k, nodes[k:], False), root(nodes[:k])]


def _split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1
