"""What a token request says, and what it is refused for (RFC 6749 §2.3, §3.2, §4.4, §5.2; RFC 8707 §2)."""

import base64
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.access.oauth import OAuthFault, basic_credentials, read_token_request

GRANT = ("grant_type", "client_credentials")


def basic(user: str, word: str = "x") -> str:
    return "Basic " + base64.b64encode(f"{user}:{word}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Case:
    pairs: tuple[tuple[str, str], ...]
    authorization: str | None
    code: str


CASES = {
    "no grant type": Case((), basic("abc"), "invalid_request"),
    "another grant type": Case((("grant_type", "password"),), basic("abc"), "unsupported_grant_type"),
    "twice the same": Case((GRANT, GRANT), basic("abc"), "invalid_request"),
    "empty counts as absent": Case((("grant_type", ""),), basic("abc"), "invalid_request"),
    "no credentials": Case((GRANT,), None, "invalid_client"),
    "half credentials": Case((GRANT, ("client_id", "abc")), None, "invalid_client"),
    "another scheme": Case((GRANT,), "Bearer abc", "invalid_client"),
    "no base64": Case((GRANT,), "Basic !!!", "invalid_client"),
    "no colon": Case((GRANT,), "Basic " + base64.b64encode(b"abc").decode(), "invalid_client"),
    "no UTF-8": Case((GRANT,), "Basic " + base64.b64encode(b"\xff:\xff").decode(), "invalid_client"),
    "endless": Case((GRANT,), "Basic " + "A" * 5000, "invalid_client"),
    "both ways": Case((GRANT, ("client_secret", "x")), basic("abc"), "invalid_request"),
    "two clients": Case((GRANT, ("client_id", "other")), basic("abc"), "invalid_request"),
    "scope in quotes": Case((GRANT, ("scope", '"all"')), basic("abc"), "invalid_scope"),
    "two blanks": Case((GRANT, ("scope", "a  b")), basic("abc"), "invalid_scope"),
    "a fragment": Case((GRANT, ("resource", "https://x.example/#a")), basic("abc"), "invalid_target"),
    "a relative resource": Case((GRANT, ("resource", "/x")), basic("abc"), "invalid_target"),
    "a long value": Case((GRANT, ("scope", "x" * 1025)), basic("abc"), "invalid_request"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_refused(case: Case) -> None:
    with pytest.raises(OAuthFault) as refused:
        read_token_request(case.pairs, case.authorization)
    assert refused.value.code == case.code


def test_credentials_in_the_form() -> None:
    asked = read_token_request((GRANT, ("client_id", "abc"), ("client_secret", "x"), ("scope", "a b")), None)
    assert (asked.client_id, asked.secret, asked.scopes, asked.resource) == ("abc", "x", frozenset("ab"), "")


@pytest.mark.parametrize("user", ["300:88.118.20260/ADMIN", "buyer"])
def test_basic_with_and_without_percent_encoding(user: str) -> None:
    """The PACT conformance tool sends the identifier as it is, handle clients and RFC 6749 §2.3.1 encode it. A colon
    must be encoded: HTTP Basic ends the user at the first one (RFC 7617 §2)."""
    encoded = user.replace(":", "%3A").replace("/", "%2F")
    assert basic_credentials(basic(encoded, "p%3Aq")) == (user, "p:q")
    if ":" not in user:
        assert basic_credentials(basic(user, "a:b")) == (user, "a:b")


def test_the_client_may_be_named_in_the_form_beside_basic() -> None:
    assert read_token_request((GRANT, ("client_id", "abc")), basic("abc")).client_id == "abc"


@given(st.text(max_size=100), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=50)), max_size=5))
def test_anything_is_a_request_or_refused(authorization: str, pairs: list[tuple[str, str]]) -> None:
    """INV-18: garbage is refused by name."""
    for header in (authorization, f"Basic {authorization}", None):
        with suppress(OAuthFault):
            read_token_request([*pairs, GRANT], header)
