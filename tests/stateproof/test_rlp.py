"""RLP against an independent implementation, and against whatever bytes come."""

import pytest
import rlp as other  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.stateproof import rlp
from ledger.stateproof.rlp import Item
from terminal_signer.strict import Malformed

ITEMS: st.SearchStrategy[Item] = st.recursive(
    st.binary(max_size=80), lambda inner: st.lists(inner, max_size=6), max_leaves=20
)


@settings(max_examples=2000, deadline=None)
@given(ITEMS)
def test_round_trip(item: Item) -> None:
    data = rlp.encode(item)
    assert data == other.encode(item)
    assert rlp.decode(data, "test") == item


@settings(max_examples=2000, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    """INV-18: Malformed, or the one item that is written like this."""
    try:
        item = rlp.decode(data, "test")
    except Malformed:
        return
    assert rlp.encode(item) == data


@settings(max_examples=2000, deadline=None)
@given(ITEMS, st.data())
def test_changed_bytes(item: Item, data: st.DataObject) -> None:
    """INV-18: no two writings of one item."""
    raw = bytearray(rlp.encode(item))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    try:
        found = rlp.decode(bytes(raw), "test")
    except Malformed:
        return
    assert found != item


@pytest.mark.parametrize(
    "text",
    [
        "", "8100", "817f", "b800", "b837" + "00" * 55, "b90038" + "00" * 56, "82aa", "c2aa", "c1", "f800", "8080",
        "c000", "bfffffffffffffffff", "ffffffffffffffffff", "c0" * 2, "c1" * 40 + "c0", "b8", "f9",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(Malformed):
        rlp.decode(bytes.fromhex(text), "test")


def test_nested_without_end() -> None:
    deep: Item = []
    for _ in range(60):
        deep = [deep]
    with pytest.raises(Malformed, match="nested"):
        rlp.decode(rlp.encode(deep), "test")


@pytest.mark.parametrize("item", [b"\0", b"\0\1", b"\1" * 9, []])
def test_not_a_number(item: Item) -> None:
    with pytest.raises(Malformed):
        rlp.number(item, 8, "test")
