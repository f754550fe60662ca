"""The policy file: what it may say, and that everything else is refused by name."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import UnknownFormat
from ledger.evidence.policy import MAX_BYTES, parse_policy
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed, read_json

GOOD: dict[str, Any] = {
    "format": "policy/1",
    "chain_id": 31337,
    "genesis": "0x" + "11" * 32,
    "contracts": {
        name: "0x" + f"{number:02x}" * 20
        for number, name in enumerate(("TerminalRegistry", "AnchorLog", "RuleRegistry", "CertificateRegistry"), 1)
    },
    "accredited": [
        {"address": "0x" + "aa" * 20, "organisation": "88.118.9001", "role": "evaluator"},
        {"address": "0xAbCdEf0123456789aBcDeF0123456789AbCdEf01", "organisation": "88.118.9002", "role": "verifier"},
    ],
    "finality": "finalized",
    "max_age": None,
    "allow_demo": True,
}


def encoded(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def test_a_policy_says_whom_it_trusts() -> None:
    policy = parse_policy(encoded())
    assert policy.organisation_of(b"\xaa" * 20, "evaluator") == "88.118.9001"
    assert policy.organisation_of(b"\xaa" * 20, "verifier") is None
    assert (
        policy.organisation_of(bytes.fromhex("abcdef0123456789abcdef0123456789abcdef01"), "verifier") == "88.118.9002"
    )
    assert policy.domain().contract == b"\x04" * 20
    assert policy.max_age is None
    assert parse_policy(encoded(max_age=3600, finality=12)).max_age == 3600


@pytest.mark.parametrize(
    "changes",
    [
        {"chain_id": "1"}, {"chain_id": -1}, {"chain_id": True}, {"chain_id": 2**53}, {"chain_id": 1.0},
        {"genesis": "11" * 32}, {"genesis": "0x" + "1" * 63}, {"genesis": "0x" + "AA" * 32}, {"genesis": None},
        {"contracts": {}}, {"contracts": []}, {"contracts": {**GOOD["contracts"], "AnchorLog": "0x00"}},
        {"contracts": {**GOOD["contracts"], "AnchorLog": 5}},
        {"accredited": {}}, {"accredited": [5]}, {"accredited": [{**GOOD["accredited"][0], "role": "owner"}]},
        {"accredited": [{**GOOD["accredited"][0], "organisation": "88 118"}]},
        {"accredited": [{**GOOD["accredited"][0], "more": 1}]},
        {"finality": "latest"}, {"finality": 0}, {"finality": True}, {"finality": None}, {"finality": 10**7},
        {"max_age": -1}, {"max_age": "1"}, {"allow_demo": 1}, {"allow_demo": None}, {"extra": 1},
        {"format": "bundle/1"}, {"format": 1},
    ],
)  # fmt: skip
def test_anything_else_is_malformed(changes: dict[str, Any]) -> None:
    """INV-18"""
    with pytest.raises(Malformed):
        parse_policy(encoded(**changes))


def test_another_version_is_refused_by_name() -> None:
    with pytest.raises(UnknownFormat, match="policy/2"):
        parse_policy(encoded(format="policy/2"))


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_member_is_needed(name: str) -> None:
    with pytest.raises(Malformed):
        parse_policy(json.dumps({key: value for key, value in GOOD.items() if key != name}).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"\xff", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}', b"[1.5]", b"[NaN]", b"[Infinity]", b"[1e400]",
        b"[" * 100_000, b'{"a":' * 100_000, b"[" + b"9" * 5000 + b"]", b"[9007199254740992]", b'{"a":{"b":1,"b":1}}',
        b"[1]\x00",
    ],
)  # fmt: skip
def test_json_that_could_be_read_in_two_ways(data: bytes) -> None:
    """INV-18: duplicate names, floats, huge numbers, deep nesting, bytes that are not UTF-8."""
    with pytest.raises(Malformed):
        read_json(data, "test")


def test_a_huge_policy_is_not_read() -> None:
    with pytest.raises(Malformed):
        parse_policy(b" " * (MAX_BYTES + 1))


@settings(max_examples=150)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ).map(lambda v: json.dumps(v).encode())
)
def test_garbage(data: bytes) -> None:
    """INV-18"""
    with contextlib.suppress(CarbonError):
        parse_policy(data)


@settings(max_examples=150)
@given(st.data())
def test_a_mutated_policy(data: st.DataObject) -> None:
    """INV-18"""
    body = bytearray(encoded())
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CarbonError):
        parse_policy(bytes(body))
