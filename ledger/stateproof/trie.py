"""What a Merkle-Patricia trie holds under a key, or that it holds nothing there (yellow paper, appendix D).

A proof is a set of nodes; each is known by its Keccak hash alone, computed here, so nothing about a node is believed.
Keys are hashes of 32 bytes, which fixes the depth of every leaf. A node that is not in the set is never taken for
'nothing there': absence is shown by the node where the way ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from ledger.keccak import keccak256
from ledger.stateproof import rlp
from ledger.stateproof.rlp import Item
from terminal_signer.strict import Malformed

__all__ = ["EMPTY_ROOT", "MAX_NODE", "Nodes"]

EMPTY_ROOT = bytes.fromhex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")
MAX_NODE = 1024
WHERE = "state-proof.nodes"


@dataclass(frozen=True, slots=True)
class Branch:
    """Sixteen ways on, each a hash, a node in place of its hash, or empty."""

    ways: list[Item]


@dataclass(frozen=True, slots=True)
class Extension:
    """A stretch of the key without a fork, in hex digits, and the way on."""

    path: str
    way: Item


@dataclass(frozen=True, slots=True)
class Leaf:
    """The rest of the key, in hex digits, and the value."""

    path: str
    value: bytes


Node = Branch | Extension | Leaf


class Nodes:
    """Trie nodes by their hash, of any number of tries."""

    def __init__(self, raw: Iterable[bytes] = ()) -> None:
        self._raw: dict[bytes, bytes] = {}
        self._read: dict[bytes, Node] = {}
        for node in raw:
            self.add(node)

    def add(self, node: bytes) -> None:
        if len(node) > MAX_NODE:
            raise Malformed(f"a node of more than {MAX_NODE} bytes", where=WHERE)
        self._raw[keccak256(node)] = node

    def raw(self) -> list[bytes]:
        return sorted(self._raw.values())

    def lookup(self, root: bytes, key: bytes) -> bytes | None:
        """The value under a key of 32 bytes, None where the trie of this root has none. Raises Malformed."""
        if root == EMPTY_ROOT:
            return None
        rest, way = key.hex(), cast(Item, root)
        while True:
            node = self._open(way)
            _check_depth(node, len(rest))
            if isinstance(node, Branch):
                way, rest = node.ways[int(rest[0], 16)], rest[1:]
                if way == b"":
                    return None
            elif not rest.startswith(node.path):
                return None
            elif isinstance(node, Leaf):
                return node.value
            else:
                way, rest = node.way, rest[len(node.path) :]

    def _open(self, way: Item) -> Node:
        if isinstance(way, list):
            return _node(way)
        if way not in self._read:
            self._read[way] = self._decode(way)
        return self._read[way]

    def _decode(self, digest: bytes) -> Node:
        raw = self._raw.get(digest)
        if raw is None:
            mend = "save the proof for this very bundle and policy"
            raise Malformed(f"the node with the hash 0x{digest.hex()} is not there", where=WHERE, mend=mend)
        return _node(rlp.decode(raw, WHERE))


def _check_depth(node: Node, rest: int) -> None:
    """With `rest` digits of the key left, a branch uses one, an extension leaves some, a leaf none."""
    fits = rest > 0 if isinstance(node, Branch) else len(node.path) == rest
    if isinstance(node, Extension):
        fits = len(node.path) < rest
    if not fits:
        raise Malformed("a node at a depth where it cannot be", where=WHERE)


def _node(item: Item) -> Node:
    if isinstance(item, list) and len(item) == 17 and item[16] == b"":
        for way in item[:16]:
            _check_way(way, empty=True)
        return Branch(item[:16])
    if isinstance(item, list) and len(item) == 2 and isinstance(item[0], bytes):
        path, leaf = _unpack(item[0])
        end = item[1]
        if not leaf:
            _check_way(end, empty=False)
            return Extension(path, end)
        if isinstance(end, bytes) and end:
            return Leaf(path, end)
    raise Malformed("neither branch, nor extension, nor leaf", where=WHERE)


def _check_way(way: Item, *, empty: bool) -> None:
    if not (isinstance(way, list) or len(way) == 32 or (empty and not way)):
        raise Malformed("a way on that is neither a hash nor a node", where=WHERE)


def _unpack(packed: bytes) -> tuple[str, bool]:
    """Hex-prefix encoding, appendix C: flags for leaf and odd length, then the digits. Whether it is a leaf's, last."""
    digits = packed.hex() or "f"
    leaf, odd = digits[0] in "23", digits[0] in "13"
    path = digits[1:] if odd else digits[2:]
    if digits[0] not in "0123" or (not odd and digits[1] != "0") or not (path or leaf):
        raise Malformed("a path that is not in hex-prefix form", where=WHERE)
    return path, leaf
