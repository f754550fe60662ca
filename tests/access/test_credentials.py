"""INV-20: secrets are kept as salted hashes, and an unknown client is no quicker refused than a wrong secret."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.access.client import new_client
from ledger.access.credentials import (
    TOKEN,
    CredentialError,
    as_text,
    as_token,
    checked_client_id,
    hash_secret,
    matches,
    token_hash,
)
from ledger.access.roles import ALLOWED, SCOPES, Role, RoleError
from terminal_signer.errors import CarbonError

SECRET = as_text(b"\x01" * 32)
STORED = hash_secret(SECRET, b"\x02" * 16)


def test_a_secret_is_recognised_by_its_hash() -> None:
    assert matches(SECRET, STORED)
    assert not matches(SECRET[:-1] + "x", STORED)
    assert SECRET not in STORED
    assert hash_secret(SECRET, b"\x03" * 16) != STORED


def test_an_unknown_client_matches_nothing() -> None:
    assert not matches(SECRET, None)
    assert not matches("", None)


@pytest.mark.parametrize("stored", ["", "scrypt", "scrypt$14$8$1$zz$00", "md5$14$8$1$00$00", "scrypt$40$8$1$00$00"])
def test_a_broken_hash_is_named(stored: str) -> None:
    with pytest.raises(CredentialError):
        matches(SECRET, stored)


def test_tokens_have_one_form() -> None:
    token = as_token(bytes(range(32)))
    assert TOKEN.fullmatch(token)
    assert len(token_hash(token)) == 32


@pytest.mark.parametrize("good", ["abc", "300:88.118.20260/ADMIN", "buyer-1@example.org", "a" * 128])
def test_client_identifiers(good: str) -> None:
    assert checked_client_id(good) == good


@pytest.mark.parametrize("bad", ["", "ab", "a b c", "a%41b", "a+bc", "-abc", "äbc", "abc\n", "a" * 129, "аbc"])
def test_what_is_no_client_identifier(bad: str) -> None:
    with pytest.raises(CredentialError):
        checked_client_id(bad)


def test_a_role_bounds_its_scopes() -> None:
    assert ALLOWED[Role.ENTERPRISE] == frozenset(SCOPES)
    assert new_client("abc", "88.118.20260", "financier", 1).scopes == ALLOWED[Role.FINANCIER]
    with pytest.raises(RoleError, match="not for a customer"):
        new_client("abc", "88.118.20260", "customer", 1, scopes=frozenset({"handle:write"}))
    with pytest.raises(RoleError, match="no role"):
        new_client("abc", "88.118.20260", "auditor", 1)


@pytest.mark.parametrize(
    ("client_id", "organisation", "label"),
    [("a", "88.118.20260", ""), ("abc", "99.1", ""), ("abc", "88", ""), ("abc", "88.118.20260", "\x1b[31m")],
)
def test_what_is_no_client(client_id: str, organisation: str, label: str) -> None:
    with pytest.raises(CarbonError):
        new_client(client_id, organisation, "customer", 1, label=label)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_an_identifier_or_named_as_none(text: str) -> None:
    with suppress(CredentialError):
        assert checked_client_id(text) == text
