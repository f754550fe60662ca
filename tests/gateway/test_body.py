"""Cutting a CBOR sequence without decoding it."""

from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.body import BrokenSequence, cut_sequence

plain = st.recursive(
    st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=300) | st.text(max_size=40) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.integers(0, 99), inner, max_size=4),
    max_leaves=12,
)


@given(st.lists(plain, max_size=6))
@settings(max_examples=60)
def test_items_are_cut_where_an_outside_encoder_ended_them(values: list[Any]) -> None:
    items = [cbor2.dumps(value) for value in values]
    assert cut_sequence(b"".join(items), 100) == items


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_garbage_is_cut_or_named_and_never_lost(body: bytes) -> None:
    """INV-18: the items and what is left add up to the body; nothing else is raised."""
    try:
        items, offset = cut_sequence(body, 1000), len(body)
    except BrokenSequence as broken:
        items, offset = broken.items, min(broken.offset, len(body) - 1)
    assert b"".join(items) == body[:offset]


@pytest.mark.parametrize(
    "body",
    [
        b"\x9b" + b"\xff" * 8,  # an array of 2^64 - 1 items
        b"\x5b" + b"\xff" * 8,  # a string of 2^64 - 1 bytes
        b"\xbb" + b"\xff" * 8 + b"\x00" * 50,
        b"\x81" * 100_000,  # nesting
        b"\x5f\x41\x00\xff",  # an indefinite length
        b"\xff",
        b"\x1c",
    ],
    ids=["array", "string", "map", "nesting", "indefinite", "break", "reserved"],
)
def test_claims_and_nesting_cost_nothing(body: bytes) -> None:
    with pytest.raises(BrokenSequence) as caught:
        cut_sequence(body, 1000)
    assert caught.value.offset == 0


def test_cutting_stops_behind_the_limit() -> None:
    assert len(cut_sequence(b"\x00" * 5000, 1000)) == 1001
