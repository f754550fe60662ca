"""The Merkle tree in memory against two other Python libraries, over the same 2^17 entries.

Twice: from entries to the root, every leaf hashed; and from leaf hashes to the root, because merkletools has no leaf
hash of RFC 9162 (without domain separation it is given what it takes without any work on a leaf).
"""

import warnings
from collections.abc import Callable, Iterator
from hashlib import sha256
from importlib import import_module
from types import ModuleType

from devnet.bench.measure import Row, seconds
from ledger.log.tree import Tree, leaf_hash

LEAVES = 1 << 17
RUNS = 5


def rows(leaves: int = LEAVES, runs: int = RUNS) -> Iterator[Row]:
    """Leaves a second: more is better, at least as fast as each peer."""
    entries = [sha256(b"entry %d" % number).digest() for number in range(leaves)]
    hashes = [leaf_hash(entry) for entry in entries]
    from_entries = leaves / seconds(lambda: Tree([leaf_hash(entry) for entry in entries]).root(), runs)
    from_hashes = leaves / seconds(lambda: Tree(hashes).root(), runs)
    root = Tree(hashes).root()

    pymerkle, merkletools = _peer("pymerkle"), _peer("merkletools")
    build = _pymerkle(pymerkle, entries, root) if pymerkle else None
    yield _row(leaves, "pymerkle", from_entries, build, 1, "entries to root")
    build = _merkletools(merkletools, [entry.hex() for entry in entries], hashing=True) if merkletools else None
    yield _row(leaves, "merkletools", from_entries, build, runs, "entries to root")
    build = _merkletools(merkletools, [value.hex() for value in hashes], hashing=False) if merkletools else None
    yield _row(leaves, "merkletools", from_hashes, build, runs, "leaf hashes to root")


def _row(leaves: int, peer: str, ours: float, build: Callable[[], object] | None, runs: int, what: str) -> Row:
    reference = leaves / seconds(build, runs) if build else None
    note = "" if build else "absent"
    return Row(f"tree of {leaves:,}, {what}", "leaves/s", ours, peer, reference, 1.0, note=note)


def _peer(name: str) -> ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return import_module(name)
        except ImportError:
            return None


def _pymerkle(peer: ModuleType, entries: list[bytes], root: bytes) -> Callable[[], object]:
    def build() -> None:
        tree = peer.InmemoryTree.init_from_entries(entries)
        if tree.get_root() != root:
            raise AssertionError("pymerkle and this project disagree about the root")

    return build


def _merkletools(peer: ModuleType, values: list[str], *, hashing: bool) -> Callable[[], object]:
    def build() -> str:
        tree = peer.MerkleTools(hash_type="sha256")
        tree.add_leaf(values, hashing)
        tree.make_tree()
        return str(tree.get_merkle_root())

    return build
