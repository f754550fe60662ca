"""HS_SIGNATURE: partial disclosure verifies, and whatever was changed on the way is named."""

import base64
import contextlib
import json
from dataclasses import replace
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto import jwk, jws  # type: ignore[import-untyped]

from ledger.resolution import admin
from ledger.resolution.signature import (
    SKEW_SECONDS,
    VALID_SECONDS,
    SignatureFault,
    key_value,
    public_key,
    read_claims,
    sign,
    verify,
)
from ledger.resolution.value_json import value_json
from ledger.resolution.values import HandleValue, Reference, text_value

NOW = 1_790_000_000
HANDLE = "88.118.8/CE-2026-0001"
ISSUER = Reference("88.118/88.118", 301)
VALUES = [
    text_value(1, "URL", "https://gw.example/c/1"),
    text_value(2058, "grade", "2"),
    text_value(2075, "status", "valid"),
]


@cache
def key(number: int = 0) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def signature() -> HandleValue:
    return sign(HANDLE, VALUES, ISSUER, key(), NOW)


def test_a_whole_record_verifies() -> None:
    checked = verify(HANDLE, [*VALUES, signature()], signature().text, key().public_key(), NOW)
    assert checked.good
    assert checked.verified == (1, 2058, 2075)
    assert not checked.missing


def test_a_part_of_a_record_verifies() -> None:
    checked = verify(HANDLE, VALUES[1:2], signature().text, key().public_key(), NOW)
    assert checked.good
    assert (checked.verified, checked.missing) == ((2058,), (1, 2075))


def test_another_library_verifies_it_by_the_key_of_the_record() -> None:
    told = value_json(key_value(key().public_key()))["data"]["value"]
    token = jws.JWS()
    token.deserialize(signature().text, jwk.JWK.from_json(json.dumps(told)))
    claims = json.loads(token.payload)
    assert claims["iss"] == "301:88.118/88.118"
    assert claims["sub"] == HANDLE
    assert claims["digests"]["digests"][0] == {"index": 1, "digest": "lh0qF1RX+iupoK6qXePqhQpg+dSQFw7z3y8PEEz2+i4="}


def test_the_key_survives_its_record() -> None:
    value = key_value(key().public_key())
    assert public_key(admin.decode_key(value.data)).public_numbers() == key().public_key().public_numbers()


@pytest.mark.parametrize(
    ("values", "altered", "unsigned"),
    [
        ([replace(VALUES[1], data=b"1")], (2058,), ()),
        ([replace(VALUES[1], type="Grade")], (2058,), ()),
        ([replace(VALUES[1], index=2057)], (), (2057,)),
        ([replace(VALUES[1], index=2075)], (2075,), ()),
        ([*VALUES, text_value(5, "NOTE", "added")], (), (5,)),
        ([replace(VALUES[2], ttl=10)], (2075,), ()),
    ],
)
def test_a_changed_value_is_named(
    values: list[HandleValue], altered: tuple[int, ...], unsigned: tuple[int, ...]
) -> None:
    """INV-11: a grade that somebody improves on the way does not verify."""
    checked = verify(HANDLE, values, signature().text, key().public_key(), NOW)
    assert not checked.good
    assert (checked.altered, checked.unsigned) == (altered, unsigned)


def test_another_handle_another_key_another_time() -> None:
    """INV-13: the values of one certificate do not verify under another identifier."""
    text = signature().text
    assert not verify("88.118.8/CE-2026-0002", VALUES, text, key().public_key(), NOW).good
    assert verify(HANDLE.lower(), VALUES, text, key().public_key(), NOW).good
    assert not verify(HANDLE, VALUES, text, key(1).public_key(), NOW).good
    for time in (NOW - SKEW_SECONDS - 1, NOW + VALID_SECONDS):
        assert not verify(HANDLE, VALUES, text, key().public_key(), time).in_time


def _jws(header: object, claims: object, mac: bytes = b"x") -> str:
    parts = [json.dumps(header).encode(), json.dumps(claims).encode(), mac]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


CLAIMS = {"digests": {"alg": "SHA-256", "digests": []}, "iss": "301:a/b", "sub": "a/b", "nbf": 0, "exp": 1}


@pytest.mark.parametrize(
    "text",
    [
        "", "a.b", "a.b.c", "é.b.c", _jws({"alg": "none"}, CLAIMS), _jws({"alg": "HS256"}, CLAIMS), _jws([], []),
        _jws({"alg": "RS256", "crit": ["x"]}, CLAIMS), _jws({"alg": "RS256"}, []), _jws({"alg": "RS256"}, {}),
        *(_jws({"alg": "RS256"}, {**CLAIMS, **change}) for change in (
            {"iss": "b"}, {"iss": 1}, {"sub": None}, {"exp": "1"}, {"exp": True}, {"digests": None},
            {"digests": {"alg": "MD5", "digests": []}}, {"digests": {"alg": "SHA-256", "digests": [{}]}},
            {"digests": {"alg": "SHA-256", "digests": [{"index": 1, "digest": "a"}, {"index": 1, "digest": "b"}]}},
            {"digests": {"alg": "SHA-256", "digests": [{"index": [], "digest": "a"}]}},
        )),
        "x" * 40000,
    ],
)  # fmt: skip
def test_what_is_no_signature_is_refused_by_name(text: str) -> None:
    with pytest.raises(SignatureFault):
        verify(HANDLE, VALUES, text, key().public_key(), NOW)


@given(st.text(max_size=200) | st.builds(_jws, st.just({"alg": "RS256"}), st.dictionaries(st.text(), st.integers())))
def test_garbage_as_a_signature_is_refused_by_name(text: str) -> None:
    with contextlib.suppress(SignatureFault):
        read_claims(text)


def test_a_short_key_is_not_trusted() -> None:
    short = rsa.generate_private_key(65537, 1024).public_key().public_numbers()  # noqa: S505
    for numbers in (admin.RsaKey(short.n, short.e), admin.RsaKey(0, 0), admin.RsaKey(7, 3)):
        with pytest.raises(SignatureFault):
            public_key(numbers)
