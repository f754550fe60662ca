"""Lookups in tries that an independent implementation built: what is there, what is not, and no lie about either."""

from collections.abc import Mapping

import pytest
import rlp as other  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie  # type: ignore[import-untyped]

from ledger.keccak import keccak256
from ledger.stateproof.rlp import Item, encode
from ledger.stateproof.trie import EMPTY_ROOT, MAX_NODE, Nodes
from terminal_signer.strict import Malformed

# Few digits that differ, at either end: forks at the root, forks at the last digit, extensions, nodes in nodes.
KEYS = st.builds(
    lambda first, last, middle: bytes([first]) + bytes([middle]) * 30 + bytes([last]),
    st.integers(0, 255), st.integers(0, 255), st.sampled_from([0, 0x11]),
)  # fmt: skip
VALUES = st.binary(min_size=1, max_size=40)
TRIES = st.dictionaries(KEYS, VALUES, min_size=1, max_size=6)


def built(entries: Mapping[bytes, bytes]) -> HexaryTrie:
    trie = HexaryTrie({})
    for key, value in entries.items():
        trie[key] = value
    return trie


def proof(trie: HexaryTrie, key: bytes) -> list[bytes]:
    return [other.encode(node) for node in trie.get_proof(key)]


@settings(max_examples=2000, deadline=None)
@given(TRIES, KEYS)
def test_agrees(entries: dict[bytes, bytes], absent: bytes) -> None:
    trie = built(entries)
    for key in (*list(entries)[:1], absent):
        assert Nodes(proof(trie, key)).lookup(trie.root_hash, key) == entries.get(key)


@settings(max_examples=2000, deadline=None)
@given(TRIES, KEYS, st.data())
def test_changed_proofs(entries: dict[bytes, bytes], stranger: bytes, data: st.DataObject) -> None:
    """INV-18: a node changed or left out is refused; it never turns a value into another, or into nothing."""
    trie, key = built(entries), data.draw(st.sampled_from([*entries, stranger]))
    nodes = proof(trie, key)
    at = data.draw(st.integers(0, len(nodes) - 1))
    raw = bytearray(nodes[at])
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    changed = [*nodes[:at], bytes(raw), *nodes[at + 1 :]]
    for lie in (changed, nodes[:at] + nodes[at + 1 :]):
        try:
            found = Nodes(lie).lookup(trie.root_hash, key)
        except Malformed:
            continue
        assert found == entries.get(key)
        assert nodes[at] in lie or len(nodes[at]) < 32


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=4), KEYS)
def test_any_nodes(raw: list[bytes], key: bytes) -> None:
    """INV-18: a root that leads to nonsense is Malformed, or ends in an answer that the nonsense does give."""
    nodes = Nodes(raw)
    for node in raw:
        try:
            found = nodes.lookup(keccak256(node), key)
        except Malformed:
            continue
        assert found is None or any(found in other_node for other_node in raw)


@settings(max_examples=200, deadline=None)
@given(TRIES, TRIES)
def test_nodes_of_another_trie(entries: dict[bytes, bytes], others: dict[bytes, bytes]) -> None:
    """INV-19: nodes of another account's trie, or of another block's, answer nothing under this root."""
    trie, another = built(entries), built(others)
    mixed = Nodes([*trie.db.values(), *another.db.values()])
    alone = Nodes(another.db.values())
    for key in {*entries, *others}:
        assert mixed.lookup(trie.root_hash, key) == entries.get(key)
        if trie.root_hash != another.root_hash and trie.root_hash not in another.db:
            with pytest.raises(Malformed, match="is not there"):
                alone.lookup(trie.root_hash, key)


def test_the_empty_trie() -> None:
    assert keccak256(encode(b"")) == EMPTY_ROOT
    assert Nodes().lookup(EMPTY_ROOT, bytes(32)) is None


HASH = b"\x11" * 32


@pytest.mark.parametrize(
    "node",
    [
        [], [b"\x20"], [b"", b"value"], [b"\x40", b"value"], [b"\x21", b"value"], [b"\x20" + bytes(32), b""],
        [b"\x20" + bytes(31), b"too short"], [b"\x20" + bytes(33), b"too long"], [b"\x00", HASH], [b"\x10", b"short"],
        [b"\x00" + bytes(32), HASH], [b"\x00\x00", b""], [b"\x20" + bytes(32), [b"a list"]], [[b"\x20"], b"value"],
        [b"\x01" + bytes(32), b"value"], [b""] * 16 + [b"value"], [b"short"] + [b""] * 16, [b""] * 18,
    ],
)  # fmt: skip
def test_refused(node: Item) -> None:
    raw = encode(node)
    with pytest.raises(Malformed):
        Nodes([raw]).lookup(keccak256(raw), bytes(32))


def test_a_node_too_large() -> None:
    with pytest.raises(Malformed, match="more than"):
        Nodes([bytes(MAX_NODE + 1)])
