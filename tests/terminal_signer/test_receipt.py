"""Receipts: the check a terminal makes, and every way in which a receipt can be none."""

import base64
import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer.build import receipt_json
from terminal_signer.errors import UnknownFormat
from terminal_signer.receipt import (
    Anchor,
    ProofError,
    Receipt,
    check,
    from_json,
    leaf_hash,
    loads,
    root_from_range,
)
from terminal_signer.strict import Malformed
from tests.terminal_signer.sample import error_of


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(tree(leaves[:k]), tree(leaves[k:]))


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 9162 §2.1.3.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return [*path(index, leaves[:k]), tree(leaves[k:])]
    return [*path(index - k, leaves[k:]), tree(leaves[:k])]


ANCHOR = Anchor(31337, bytes(20), bytes(32), 12, 1514736900, 0)
DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(11)]


def receipt(index: int = 5, size: int = 11) -> Receipt:
    leaves = [leaf_hash(digest) for digest in DIGESTS[:size]]
    return Receipt(bytes(32), DIGESTS[index], index, size, tree(leaves), tuple(path(index, leaves)), ANCHOR)


@pytest.mark.parametrize("size", range(1, 12))
def test_every_leaf_of_small_trees(size: int) -> None:
    for index in range(size):
        check(receipt(index, size))


def test_what_leads_elsewhere_is_refused() -> None:
    """INV-07."""
    good = receipt()
    for changes in (
        {"digest": DIGESTS[4]}, {"index": 4}, {"root": bytes(32)}, {"path": good.path[:-1]},
        {"size": 12, "index": 11}, {"path": (*good.path, bytes(32))}, {"path": good.path[::-1]}, {"index": 11},
        {"path": (b"short", *good.path[1:])},
    ):  # fmt: skip
        fields: dict[str, Any] = {name: getattr(good, name) for name in Receipt.__slots__}
        with pytest.raises(ProofError):
            check(Receipt(**{**fields, **changes}))


def test_inclusion_vectors_by_others(vectors: Path) -> None:
    """transparency-dev/merkle: whatever they call valid leads to their root, whatever they call wrong does not."""
    seen = 0
    for file in sorted((vectors / "merkle" / "testdata" / "inclusion").rglob("*.json")):
        case = json.loads(file.read_bytes())
        verdict = error_of(partial(included, case)) is None
        assert verdict != case["wantErr"], file.name
        seen += 1
    assert seen > 50


def included(case: dict[str, Any]) -> None:
    leaf, root = (base64.b64decode(case[name] or "") for name in ("leafHash", "root"))
    proof = [base64.b64decode(item) for item in case["proof"] or []]
    if root_from_range(case["treeSize"], case["leafIdx"], [leaf], proof) != root:
        raise ProofError("another root")


def test_json_round_trip() -> None:
    document = receipt_json(receipt())
    assert document["format"] == "receipt/1"
    assert loads(json.dumps(document).encode()) == receipt()
    assert from_json({**document, "note": "unknown members are left alone"}) == receipt()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": "receipt/2"}, "unknown-format"),
        ({"format": None}, "malformed"),
        ({"format": "frame/1"}, "malformed"),
        ({"digest": "ab" * 32}, "malformed"),
        ({"digest": "0x" + "AB" * 32}, "malformed"),
        ({"digest": "0x" + "ab" * 31}, "malformed"),
        ({"digest": "0x" + "zz" * 32}, "malformed"),
        ({"digest": "0x" + " a" * 32}, "malformed"),
        ({"digest": 5}, "malformed"),
        ({"index": -1}, "malformed"),
        ({"index": True}, "malformed"),
        ({"index": 1.0}, "malformed"),
        ({"index": "5"}, "malformed"),
        ({"size": 1 << 63}, "malformed"),
        ({"path": None}, "malformed"),
        ({"path": "0x"}, "malformed"),
        ({"path": [None]}, "malformed"),
        ({"path": ["0x" + "00" * 32] * 64}, "malformed"),
        ({"anchor": None}, "malformed"),
        ({"anchor": {}}, "malformed"),
    ],
)
def test_malformed_receipts_are_named(changes: dict[str, Any], code: str) -> None:
    with pytest.raises((Malformed, UnknownFormat)) as caught:
        from_json({**receipt_json(receipt()), **changes})
    assert caught.value.code == code


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "[" * 10_000, "1" * 5000, '{"format": NaN}', " " * 20_000])
def test_texts_that_are_no_receipts(text: str) -> None:
    with pytest.raises(Malformed):
        loads(text.encode())


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(receipt_json(receipt()))), JSON)
@settings(max_examples=150)
def test_odd_members_are_named_errors(name: str, value: Any) -> None:
    """INV-18."""
    document = {**receipt_json(receipt()), name: value}
    assert error_of(lambda: check(from_json(document))) in (None, "malformed", "proof", "unknown-format")
    assert error_of(lambda: from_json(value)) in ("malformed", "unknown-format")


@given(st.integers(), st.integers(), st.binary(max_size=40), st.lists(st.binary(max_size=40), max_size=5))
@settings(max_examples=150)
def test_odd_proofs_are_named_errors(index: int, size: int, leaf: bytes, proof: list[bytes]) -> None:
    """INV-18."""
    assert error_of(lambda: root_from_range(size, index, [leaf], proof)) in (None, "proof")
