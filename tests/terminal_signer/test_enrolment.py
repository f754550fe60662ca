"""The request to enrol a key: what the terminal prints, and every way in which bytes are none."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal_signer.enrolment import MAX_BYTES, as_document, make_request, read_request
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, ES256, NAMES, SM2, generate
from tests.terminal_signer.sample import ED_KEY, ISS, KEY, SUB, error_of
from tests.without import without_sm

REGISTRY = bytes(range(20))
REQUEST = make_request(KEY, ISS, SUB, 31337, REGISTRY)
DOCUMENT = as_document(REQUEST)


def bytes_of(**changes: Any) -> bytes:
    return json.dumps({name: value for name, value in {**DOCUMENT, **changes}.items() if value is not ...}).encode()


@pytest.mark.parametrize("alg", NAMES, ids=NAMES.values())
@pytest.mark.parametrize("prev", [bytes(32), bytes(range(32)), None])
def test_a_request_reads_back_as_it_was_made(alg: int, prev: bytes | None) -> None:
    request = make_request(generate(alg), ISS, SUB, 31337, REGISTRY, prev)
    assert read_request(json.dumps(as_document(request)).encode()) == request
    assert request.proves_possession()


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": SUB + "x"}, {"iss": "88.118.20261"}, {"chain_id": 1}, {"registry": "0x" + "11" * 20},
        {"proof": "0x" + "00" * 64}, {"proof": "0x" + ED_KEY.sign(b"").hex()}, {"sub": "\ud800"},
    ],
)  # fmt: skip
def test_a_proof_is_bound_to_terminal_chain_and_registry(changes: dict[str, Any]) -> None:
    """INV-06: a request for one place cannot be used in another."""
    assert not read_request(bytes_of(**changes)).proves_possession()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": "terminal-signer-enrol-request/2"}, "enrol-request"),
        ({"iss": ...}, "enrol-request"),
        ({"sub": 3}, "enrol-request"),
        ({"alg": "ES256"}, "enrol-request"),
        ({"alg": True}, "enrol-request"),
        ({"alg": -35}, "algorithm"),
        ({"alg": EDDSA}, "key"),
        ({"public_key": "0x12"}, "key"),
        ({"public_key": ""}, "enrol-request"),
        ({"public_key": "zz"}, "enrol-request"),
        ({"kid": "0x" + "00" * 32}, "enrol-request"),
        ({"kid": "0x00"}, "enrol-request"),
        ({"registry": ...}, "enrol-request"),
        ({"proof": "0x" + "00" * 63}, "enrol-request"),
        ({"chain_id": 0}, "enrol-request"),
        ({"chain_id": 1 << 256}, "enrol-request"),
        ({"chain_id": 1.0}, "enrol-request"),
        ({"prev": "0x00"}, "enrol-request"),
        ({"prev": 0}, "enrol-request"),
    ],
)
def test_what_is_no_request_is_named(changes: dict[str, Any], code: str) -> None:
    """INV-18."""
    assert error_of(lambda: read_request(bytes_of(**changes))) == code


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"\xff", b"[" * 60_000, b" " * (MAX_BYTES + 1), b"1" * 60_000])
def test_bytes_that_are_no_document(raw: bytes) -> None:
    """INV-18."""
    assert error_of(lambda: read_request(raw)) == "enrol-request"


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=70)
    | st.binary(max_size=70).map(bytes.hex),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(DOCUMENT)), JSON, max_size=3))
@settings(max_examples=300)
def test_any_member_may_be_anything(changes: dict[str, Any]) -> None:
    """INV-18: a request, or an error of ours."""
    with suppress(CarbonError):
        read_request(bytes_of(**changes)).proves_possession()


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_any_bytes(raw: bytes) -> None:
    """INV-18."""
    assert error_of(lambda: read_request(raw)) == "enrol-request"


def test_without_the_extra_a_request_of_sm2_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = json.dumps(as_document(make_request(generate(SM2), ISS, SUB, 1, REGISTRY))).encode()
    without_sm(monkeypatch)
    with pytest.raises(CarbonError, match=r"carbon-ledger\[sm\]"):
        read_request(raw)
    assert read_request(bytes_of()).public.alg == ES256
