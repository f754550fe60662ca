"""Deterministic CBOR: one encoding per value, and a name for every other."""

from contextlib import suppress
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer.cbor import MAX_DEPTH, NotAllowed, NotCbor, NotDeterministic, Tag, decode, encode, sequence
from terminal_signer.errors import CarbonError

NUMBERS = st.integers(-(1 << 64), (1 << 64) - 1)
LEAVES = st.none() | st.booleans() | NUMBERS | st.binary(max_size=40) | st.text(max_size=30)
KEYS = st.text(max_size=6) | st.integers(-30, 300)
VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(VALUES)
@settings(max_examples=150)
def test_round_trip_and_agreement_with_another_decoder(value: Any) -> None:
    """Another decoder reads what this writer writes; nesting beyond the limit alone is not read here."""
    data = encode(value)
    assert cbor2.loads(data) == value
    if depth(value) <= MAX_DEPTH:
        assert decode(data) == value
    else:
        with pytest.raises(NotAllowed, match="nesting"):
            decode(data)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=0)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ("", NotCbor),  # nothing
        ("18", NotCbor),  # a head cut short
        ("1817", NotDeterministic),  # 23 in two bytes
        ("190017", NotDeterministic),
        ("1a0000ffff", NotDeterministic),
        ("1b00000000ffffffff", NotDeterministic),
        ("1c", NotCbor),  # reserved
        ("1f", NotCbor),  # an indefinite integer does not exist
        ("ff", NotCbor),  # break without a start
        ("5f4101ff", NotDeterministic),  # indefinite byte string
        ("7f6161ff", NotDeterministic),
        ("9f01ff", NotDeterministic),
        ("bf6161f6ff", NotDeterministic),
        ("5803010203", NotDeterministic),  # a length in two bytes
        ("43010203ff", NotCbor),  # trailing byte
        ("430102", NotCbor),  # a string cut short
        ("9b7fffffffffffffff", NotCbor),  # an array of 2^63
        ("bb7fffffffffffffff", NotCbor),
        ("5b7fffffffffffffff", NotCbor),
        ("a2616101616102", NotDeterministic),  # a key twice
        ("a2616201616102", NotDeterministic),  # keys out of order
        ("a220011818 02".replace(" ", ""), NotDeterministic),  # bytewise, not length-first: 24 before -1
        ("61ff", NotCbor),  # not UTF-8
        ("62eda0", NotCbor),
        ("f90000", NotAllowed),  # floats
        ("fa7fc00000", NotAllowed),  # NaN
        ("fb3ff0000000000000", NotAllowed),
        ("f7", NotAllowed),  # undefined
        ("e0", NotAllowed),  # a simple value
        ("f818", NotAllowed),
        ("c100", NotAllowed),  # a date
        ("c249010000000000000000", NotAllowed),  # a bignum
        ("c5820a1a3b9aca00", NotAllowed),  # a bigfloat of a billion bits
        ("a1a000", NotAllowed),  # a map as a key
        ("81" * 9 + "00", NotAllowed),  # nesting
        ("81" * 60000, NotAllowed),
        ("c4" * 60000, NotAllowed),
    ],
)
def test_what_is_not_the_one_encoding_has_a_name(data: str, error: type[CarbonError]) -> None:
    with pytest.raises(error):
        decode(bytes.fromhex(data))


def test_keys_are_ordered_bytewise_not_by_length() -> None:
    """RFC 8949 §4.2.1; the older length-first order would put -1 (20) before 24 (1818)."""
    assert encode({-1: 1, 24: 2}).hex() == "a218180220" + "01"
    assert (
        encode({"seq": 1, 15: 2, "prev": 3, 1: 4}).hex() == "a40104" + "0f02" + "63736571" + "01" + "6470726576" + "03"
    )


@pytest.mark.parametrize("value", [1.5, 1 << 64, {1, 2}, object(), "\ud800", Tag(4, 0.5)])
def test_the_writer_writes_nothing_else(value: object) -> None:
    with pytest.raises(NotAllowed):
        encode(value)


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_garbage_is_a_named_error_and_success_is_reproducible(data: bytes) -> None:
    """INV-18."""
    try:
        value = decode(data)
    except CarbonError:
        return
    assert encode(value) == data


@given(st.lists(VALUES.filter(lambda value: depth(value) <= MAX_DEPTH), max_size=5))
@settings(max_examples=150)
def test_a_sequence_is_cut_at_its_items(values: list[Any]) -> None:
    assert [decode(item) for item in sequence(b"".join(map(encode, values)))] == values


@given(st.lists(VALUES, min_size=1, max_size=3), st.integers(0, 1 << 20), st.binary(max_size=4))
@settings(max_examples=300)
def test_a_broken_sequence_is_a_named_error(values: list[Any], at: int, patch: bytes) -> None:
    """INV-18: what is cut, when it is cut at all, are the bytes themselves."""
    data = b"".join(map(encode, values))
    at %= len(data)
    broken = data[:at] + patch + data[at + 1 :]
    with suppress(CarbonError):
        assert b"".join(sequence(broken)) == broken
    with pytest.raises(CarbonError):
        list(sequence(b"\x81" * 1000))
