"""Keys as JWK and Multikey, against examples of the RFCs and against cryptography and jwcrypto."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]

from ledger.credentials.did_document import did_document, did_web
from ledger.credentials.key_forms import (
    KeyFormError,
    base64url,
    from_base64url,
    jwk_of,
    key_of,
    multikey,
    rsa_jwk,
    thumbprint,
)
from ledger.identifiers.text import IdentifierError
from terminal_signer import keys
from tests.credentials.issuers import issuer

RFC_8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"  # a public example key


@pytest.mark.parametrize("alg", [keys.EDDSA, keys.ES256])
def test_a_jwk_reads_back_and_has_the_thumbprint_that_others_compute(alg: int) -> None:
    key = keys.generate(alg).public
    jwk = jwk_of(key)
    assert key_of({**jwk, "kid": "further members are left alone"}) == key
    assert thumbprint(jwk) == JWK(**jwk).thumbprint()


def test_thumbprints_of_rfc_8037_and_rsa() -> None:
    example = {"kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X}
    assert thumbprint(example) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    numbers = issuer().rsa.public_key().public_numbers()
    jwk = rsa_jwk(numbers.n, numbers.e)
    assert thumbprint(jwk) == JWK(**jwk).thumbprint()


def test_multikeys_begin_as_their_kind_does() -> None:
    assert multikey(keys.generate(keys.EDDSA).public).startswith("z6Mk")
    assert multikey(keys.generate(keys.ES256).public).startswith("zDna")


@pytest.mark.parametrize(
    "jwk",
    [None, [], {}, {"kty": "RSA", "n": "AQ", "e": "AQAB"}, {"kty": "OKP", "crv": "X25519", "x": RFC_8037_X},
     {"kty": "OKP", "crv": "Ed25519"}, {"kty": "OKP", "crv": "Ed25519", "x": 7},
     {"kty": "EC", "crv": "P-256", "x": RFC_8037_X},
     {"kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X + "="}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}],
)  # fmt: skip
def test_what_is_no_key_is_named_so(jwk: object) -> None:
    with pytest.raises(KeyFormError):
        key_of(jwk)


@given(st.binary(max_size=70))
def test_base64url_reads_back(data: bytes) -> None:
    assert from_base64url(base64url(data)) == data


@given(st.text(max_size=20))
def test_any_other_text_is_refused_by_name(text: str) -> None:
    """One text for each content: a second spelling of the same bytes would slip past a comparison of texts."""
    try:
        data = from_base64url(text)
    except KeyFormError:
        return
    assert base64url(data) == text


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://ledger.example", "did:web:ledger.example"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://Ledger.Example:8443/carbon/node", "did:web:ledger.example%3A8443:carbon:node"),
    ],
)
def test_a_web_address_as_did(url: str, did: str) -> None:
    assert did_web(url).text == did


@pytest.mark.parametrize("url", ["", "ledger.example", "https://[::1]:8000", "https://a/../b", "https://user@host"])
def test_an_address_without_a_did_is_refused(url: str) -> None:
    with pytest.raises(IdentifierError):
        did_web(url)


def test_the_document_names_each_key_once_under_its_own_id() -> None:
    own = issuer()
    document = did_document(own.did, list(own.jwks.values()), "https://ledger.example")
    ids = [method["id"] for method in document["verificationMethod"]]
    assert len(set(ids)) == len(ids) == 4
    assert document["assertionMethod"] == ids
    assert {own.key_id("ed25519"), own.key_id("p256"), own.key_id("rsa"), own.proof_method} == set(ids)
    assert "'d'" not in str(document)
