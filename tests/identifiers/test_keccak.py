"""Keccak-256 against published digests and against an independent implementation."""

import pytest
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.keccak import keccak256

# Keccak team's KAT for the pre-FIPS padding (ShortMsgKAT_256) and constants that every Ethereum node holds.
KNOWN = [
    (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
    (b"\xcc", "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a"),
    (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    (b"Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"),
    (
        b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
        "8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f",
    ),
]


@pytest.mark.parametrize(("data", "digest"), KNOWN)
def test_published_digests(data: bytes, digest: str) -> None:
    assert keccak256(data).hex() == digest


@pytest.mark.parametrize("length", [1, 8, 64, 134, 135, 136, 137, 271, 272, 273, 1000])
def test_lengths_around_the_rate(length: int) -> None:
    data = bytes(index % 251 for index in range(length))
    assert keccak256(data) == keccak(data)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=600))
def test_agrees_with_another_implementation(data: bytes) -> None:
    assert keccak256(data) == keccak(data)
