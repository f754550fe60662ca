"""The file state-proof/1 and the header in it."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.keccak import keccak256
from ledger.stateproof import rlp
from ledger.stateproof.document import StateProof, parse_state_proof
from ledger.stateproof.header import FIELDS, Header, encode_header, read_header
from terminal_signer.errors import UnknownFormat
from terminal_signer.strict import Malformed

BLOCK = {name: b"" if whole else bytes(32) for name, whole in FIELDS.items()} | {
    "number": b"\x00\x07", "timestamp": b"\x01\x00", "stateRoot": b"\x33" * 32,
}  # fmt: skip
RAW = encode_header(BLOCK)
RAW_HASH = keccak256(RAW)
GOOD = StateProof(b"header", (b"\x01", b"\x01\x02", b"\x02"))


def test_round_trip() -> None:
    assert parse_state_proof(GOOD.to_json()) == GOOD


@pytest.mark.parametrize(
    "change",
    [
        {"nodes": ["0x02", "0x01"]}, {"nodes": ["0x01", "0x01"]}, {"nodes": ["0x0"]}, {"nodes": ["0xAA"]},
        {"nodes": {}},
        {"nodes": ["0x" + "00" * 1025]}, {"nodes": [f"0x{at:06x}" for at in range(32_769)]}, {"header": 7},
        {"header": "0x" + "00" * 16_385}, {"more": 1}, {"format": "bundle/1"},
    ],
)  # fmt: skip
def test_refused(change: dict[str, object]) -> None:
    """INV-18"""
    document = json.loads(GOOD.to_json()) | change
    with pytest.raises(Malformed):
        parse_state_proof(json.dumps(document).encode())


def test_another_version() -> None:
    with pytest.raises(UnknownFormat):
        parse_state_proof(GOOD.to_json().replace(b"proof/1", b"proof/2"))


@settings(max_examples=2000, deadline=None)
@given(st.data())
def test_changed_files(data: st.DataObject) -> None:
    """INV-18: Malformed or a proof, nothing else."""
    raw = bytearray(GOOD.to_json())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Malformed, UnknownFormat):
        assert isinstance(parse_state_proof(bytes(raw)), StateProof)


def test_a_header() -> None:
    raw = encode_header(BLOCK)
    assert read_header(raw, keccak256(raw)) == Header(7, 256, b"\x33" * 32)
    older = encode_header({name: BLOCK[name] for name in list(FIELDS)[:15]})
    assert read_header(older, keccak256(older)).number == 7


@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 600), st.integers(1, 255))
def test_only_the_header_of_this_hash(at: int, bits: int) -> None:
    """INV-19"""
    changed = bytearray(RAW)
    changed[at % len(RAW)] ^= bits
    with pytest.raises(Malformed, match="not of 0x"):
        read_header(bytes(changed), RAW_HASH)


@settings(max_examples=2000, deadline=None)
@given(st.lists(st.binary(max_size=9), min_size=15, max_size=15), st.binary(max_size=40))
def test_any_header(fields: list[bytes], junk: bytes) -> None:
    """INV-18: whatever has the hash, it is a header or Malformed."""
    fields[3] = fields[3].ljust(32, b"s")
    for raw in (rlp.encode(fields), junk):
        with suppress(Malformed):
            found = read_header(raw, keccak256(raw))
            assert [found.number, found.time] == [int.from_bytes(fields[at], "big") for at in (8, 11)]


@pytest.mark.parametrize(
    "fields",
    [
        [b""] * 14, [b""] * 33, [b""] * 15, [b"\0" * 32] * 15, [[]] * 20,
        [b"\1" * 32] * 3 + [b"\1" * 31] + [b"\1"] * 12, b"a string",
    ],
)  # fmt: skip
def test_no_header(fields: list[rlp.Item] | bytes) -> None:
    raw = rlp.encode(fields)
    with pytest.raises(Malformed):
        read_header(raw, keccak256(raw))
