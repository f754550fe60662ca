"""Selective disclosure: what is hidden, shown, forged, and what sd-jwt of others makes of ours and we of theirs."""

import json
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]
from sd_jwt.common import SDObj  # type: ignore[import-untyped]
from sd_jwt.issuer import SDJWTIssuer  # type: ignore[import-untyped]
from sd_jwt.verifier import SDJWTVerifier  # type: ignore[import-untyped]

from ledger.credentials.errors import CredentialError
from ledger.credentials.key_forms import base64url, jwk_of
from ledger.credentials.sd_jwt import Disclosure, Hidden, combine, conceal, read_disclosure, reveal, separate
from tests.credentials.envelopes import sd_jwt, shown
from tests.credentials.issuers import issuer
from tests.credentials.samples import Counted

TREE = {"open": 1, "total": Hidden("5"), "items": [Hidden("a"), "plain", Hidden({"b": Hidden([1, 2])})]}
PLAIN = {"open": 1, "total": "5", "items": ["plain", "a", {"b": [1, 2]}]}


def unordered(claims: dict[str, Any]) -> dict[str, Any]:
    return {**claims, "items": sorted(map(str, claims["items"]))}


def test_all_shown_is_the_whole_and_none_shown_tells_nothing() -> None:
    payload, disclosures = conceal(TREE, secrets.token_bytes)
    assert unordered(reveal(payload, disclosures)) == unordered(PLAIN)
    assert reveal(payload, []) == {"open": 1, "items": ["plain"]}
    assert '"5"' not in json.dumps(payload)


@given(st.sets(st.integers(0, 3)))
def test_any_part_can_be_shown(places: set[int]) -> None:
    payload, disclosures = conceal(TREE, Counted())
    chosen = [disclosures[place] for place in sorted(places)]
    names = [disclosure.name for disclosure in chosen]
    inner_without_outer = "b" in names and not any(isinstance(one.value, dict) for one in chosen)
    if inner_without_outer:
        with pytest.raises(CredentialError):
            reveal(payload, chosen)
    else:
        claims = reveal(payload, chosen)
        assert ("total" in claims) == ("total" in names)


@pytest.mark.parametrize(("count", "digests"), [(1, 8), (8, 8), (9, 16), (33, 64)])
def test_the_number_of_digests_hides_the_number_of_figures(count: int, digests: int) -> None:
    payload, _ = conceal({"items": [Hidden(number) for number in range(count)]}, Counted())
    assert len(payload["items"]) == digests
    assert payload["items"] == sorted(payload["items"], key=str)


def test_equal_values_have_digests_of_their_own() -> None:
    _, disclosures = conceal({"items": [Hidden("same"), Hidden("same")]}, secrets.token_bytes)
    assert len({disclosure.digest for disclosure in disclosures}) == 2


def forged(text: str) -> Disclosure:
    return read_disclosure(base64url(text.encode()))


def test_a_figure_that_the_issuer_did_not_hide_is_refused() -> None:
    """INV-01: a holder can leave out, never change or add."""
    payload, disclosures = conceal(TREE, Counted())
    salt = json.loads(json.dumps(["AAAAAAAAAAAAAAAAAAAAAQ", "total", "4"]))
    for extra in (forged(json.dumps(salt)), forged('["x","open",2]'), forged('["x",7]')):
        with pytest.raises(CredentialError, match="hid no such thing"):
            reveal(payload, [*disclosures, extra])


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"open": 1, "_sd": ["{0}"]}, '["s","open",2]'),
        ({"_sd": ["{0}"]}, '["s",2]'),
        ({"items": [{"...": "{0}"}]}, '["s","name",2]'),
        ({"_sd": ["{0}", "{0}"]}, '["s","name",2]'),
        ({"_sd": ["{0}"], "items": [{"...": "{0}"}]}, '["s","name",2]'),
        ({"_sd": "{0}"}, '["s","name",2]'),
        ({"_sd": [7]}, '["s","name",2]'),
        ({"...": "{0}"}, '["s","name",2]'),
        ({"_sd_alg": "md5", "_sd": ["{0}"]}, '["s","name",2]'),
    ],
)
def test_a_payload_that_breaks_the_rules_is_refused(payload: dict[str, Any], text: str) -> None:
    """RFC 9901, 7.1: even an issuer cannot have it read in two ways."""
    disclosure = forged(text)
    filled = json.loads(json.dumps(payload).replace("{0}", disclosure.digest))
    with pytest.raises(CredentialError):
        reveal(filled, [disclosure])


def test_disclosures_within_disclosures_are_bounded() -> None:
    """INV-18"""
    disclosures: list[Disclosure] = []
    inner: Any = "end"
    for _ in range(500):
        disclosures.append(forged(json.dumps([secrets.token_hex(8), "in", inner])))
        inner = {"_sd": [disclosures[-1].digest]}
    with pytest.raises(CredentialError, match="nested deeper"):
        reveal(inner, disclosures)


@pytest.mark.parametrize(
    "text", ["[]", "{}", '["s"]', "[1,2]", '["s","_sd",1]', '["s","...",1]', '["s",1,2]', "[", '["a","b","c","d"]']
)
def test_what_is_no_disclosure_is_refused(text: str) -> None:
    with pytest.raises(CredentialError):
        forged(text)


@given(st.text(max_size=80))
def test_garbage_is_refused_by_name(text: str) -> None:
    """INV-18"""
    try:
        token, disclosures, binding = separate(text)
    except CredentialError:
        return
    assert combine(token, disclosures) + binding == text


def test_too_many_disclosures_are_refused() -> None:
    with pytest.raises(CredentialError):
        separate("a.b.c~" + "x~" * 1001)


def verified_by_others(text: str) -> dict[str, Any]:
    key = JWK(**jwk_of(issuer().p256.public))
    claims: dict[str, Any] = SDJWTVerifier(text, lambda _issuer, _header: key).get_verified_payload()
    return claims


def test_the_python_library_reads_ours() -> None:
    every = verified_by_others(shown(*sd_jwt().fields()).decode())
    assert every["total_emissions"] == {"value": "41230.55", "unit": "tCO2e"}
    assert {item["item"] for item in every["activity"]} == {"natural_gas", "purchased_electricity", "rolled_steel"}
    assert "total_emissions" not in verified_by_others(shown("activity.natural_gas").decode())


def test_we_read_what_the_python_library_issues() -> None:
    own = JWK.generate(kty="EC", crv="P-256")
    claims = {SDObj("total"): "5", "items": [SDObj("a"), "b", SDObj({"c": 1})], "open": True}
    made = SDJWTIssuer(claims, own, add_decoy_claims=True)
    token, disclosures, binding = separate(
        made.sdjwt_serialized if hasattr(made, "sdjwt_serialized") else made.sd_jwt_issuance
    )
    payload = made.sd_jwt_payload
    assert reveal(payload, disclosures) == {"total": "5", "items": ["a", "b", {"c": 1}], "open": True}
    assert (binding, token.count(".")) == ("", 2)
