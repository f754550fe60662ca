"""Two other Python libraries that make Merkle trees, behind one face. Each is optional; neither is used but here.

pymerkle hashes as RFC 9162 does, so its roots and proofs must be ours, and that is checked. merkletools hashes leaves
and nodes alike, without domain separation – a node can be passed off as a leaf –, so its roots are others, and it has
no consistency proofs.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from ledger.log.tree import Tree

NO_SEPARATION = "no domain separation"
NO_CONSISTENCY = "has no consistency proofs"
ABSENT = "absent"


class Disagreement(AssertionError):
    """A peer that follows the same standard found something else: one of us is wrong."""


@dataclass(frozen=True, slots=True)
class Peer:
    """`build`: entries to a finished tree. `consistency` is None where the library has no such proofs."""

    name: str
    caveat: str
    build: Callable[[Sequence[bytes]], Any]
    inclusion: Callable[[Any, int], object]
    consistency: Callable[[Any, int], object] | None
    check: Callable[[Any, Tree], None]


def module(name: str) -> ModuleType | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return import_module(name)
        except ImportError:
            return None


def pymerkle() -> Peer | None:
    library = module("pymerkle")
    if library is None:
        return None
    return Peer(
        "pymerkle", "",
        library.InmemoryTree.init_from_entries,
        lambda tree, index: tree.prove_inclusion(index + 1),
        lambda tree, size: tree.prove_consistency(size),
        _check_pymerkle,
    )  # fmt: skip


def _check_pymerkle(tree: Any, ours: Tree) -> None:
    """Same root, same path; pymerkle counts leaves from one and puts the leaf itself first."""
    index = len(ours) // 3
    path = tree.prove_inclusion(index + 1).path
    if tree.get_root() != ours.root() or path[1:] != ours.inclusion(index):
        raise Disagreement("pymerkle and this project disagree about root or path")


def merkletools() -> Peer | None:
    library = module("merkletools")
    if library is None:
        return None

    def build(entries: Sequence[bytes]) -> Any:
        tree = library.MerkleTools(hash_type="sha256")
        tree.add_leaf([entry.hex() for entry in entries], True)
        tree.make_tree()
        return tree

    return Peer(
        "merkletools", NO_SEPARATION, build, lambda tree, index: tree.get_proof(index), None, _check_merkletools
    )


def _check_merkletools(tree: Any, ours: Tree) -> None:
    index = len(ours) // 3
    proof, leaf, root = tree.get_proof(index), tree.get_leaf(index), tree.get_merkle_root()
    if tree.get_leaf_count() != len(ours) or not tree.validate_proof(proof, leaf, root):
        raise Disagreement("merkletools does not verify its own proof")
