"""Identifiers of the industrial internet: syntax and hashes."""

import contextlib

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.identifiers.vaa import IdentifierError, leaf, node, split


def test_node_walks_down_the_labels() -> None:
    top = keccak(bytes(32) + keccak(b"88"))
    secondary = keccak(top + keccak(b"118"))
    assert node("88") == top
    assert node("88.118") == secondary
    assert node("88.118.20260") == keccak(secondary + keccak(b"20260"))


def test_leaf_ignores_ascii_case_of_the_suffix_only() -> None:
    """INV-13: two spellings of one identifier are one subject."""
    expected = keccak(node("88.118.20260") + keccak(b"ce-2018-0001"))
    assert leaf("88.118.20260/CE-2018-0001") == leaf("88.118.20260/ce-2018-0001") == expected
    assert leaf("88.118.20260/É") == keccak(node("88.118.20260") + keccak("É".encode()))


def test_leading_zeros_are_significant() -> None:
    assert node("88.118.0042") != node("88.118.42")


@pytest.mark.parametrize(
    ("identifier", "parts"),
    [
        ("88.118.20260/EQ-0001", ("88.118.20260", "EQ-0001")),
        ("88.111.1/0.0", ("88.111.1", "0.0")),
        ("88.608.6688/META_xz_test2", ("88.608.6688", "META_xz_test2")),
        ("88.118.1/a/b/c", ("88.118.1", "a/b/c")),
        ("88.118.1/压延机", ("88.118.1", "压延机")),
    ],
)
def test_split(identifier: str, parts: tuple[str, str]) -> None:
    assert split(identifier) == parts


@pytest.mark.parametrize(
    "identifier",
    [
        "", "/", "88.118.20260", "88.118.20260/", "/CE-1", "88..1/x", ".88/x", "88./x", "88.118.A/x", "88 /x",
        "88.118.1/a b", "88.118.1/a\n", "88.118.1/\x00", "88.118.1/\u2003", "88.118.1/\ufeff", "88.118.1/\udc80",
        "88." + "1" * 64 + "/x", "88.118.1/" + "x" * 250, "88.118.1/" + "压" * 90, "88.118.1\n/x",
    ],
)  # fmt: skip
def test_refused(identifier: str) -> None:
    with pytest.raises(IdentifierError):
        split(identifier)


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_garbage_is_refused_by_name(text: str) -> None:
    """INV-18"""
    for function in (node, split, leaf):
        with contextlib.suppress(IdentifierError):
            function(text)
