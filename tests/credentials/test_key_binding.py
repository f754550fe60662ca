"""An SD-JWT that its holder signs when it is shown: for one verifier, at one request, with these disclosures."""

import contextlib
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.credentials import sd_jwt_vc
from ledger.credentials.errors import CredentialError
from ledger.credentials.jose import sign_token, unverified_payload
from ledger.credentials.key_binding import (
    MOST_AGE,
    SKEW,
    TYP,
    Asked,
    bind,
    check_binding,
    did_jwk,
    read_did_jwk,
)
from ledger.credentials.key_forms import KeyFormError, base64url, jwk_of, thumbprint
from ledger.credentials.verify import Verdict, judge, read_list, verify
from terminal_signer import keys
from terminal_signer.keys import PrivateKey
from tests.credentials.envelopes import ENVELOPES, lists, shown
from tests.credentials.issuers import issuer
from tests.credentials.judging import ask
from tests.credentials.samples import NOW, Counted, facts, figures, issuing, trusted
from tests.credentials.test_judges import sd_question

HOLDER, THIEF = keys.generate(keys.ES256), keys.generate(keys.ES256)
BANK = Asked("7f3a0c55e1", "https://bank.example")
FIELDS = ("total_emissions", "activity.natural_gas")
Json = dict[str, Any]


@cache
def bound() -> sd_jwt_vc.SdJwt:
    own = issuer()
    kid = own.key_id("p256").rpartition("#")[2]
    return sd_jwt_vc.issue(facts(), figures(), issuing(), own.p256, kid, Counted(), jwk_of(HOLDER.public))


def presented(fields: Sequence[str] = FIELDS, asked: Asked = BANK, now: int = NOW) -> str:
    return bind(bound().presenting(fields), HOLDER, asked, now)


def test_the_holder_shows_chosen_fields_to_one_verifier() -> None:
    checked = verify(presented().encode(), trusted(), BANK)
    assert set(checked.shown) == set(FIELDS)
    assert checked.holder is not None
    assert checked.holder.key == thumbprint(jwk_of(HOLDER.public))
    assert (checked.holder.audience, checked.holder.at) == (BANK.audience, NOW)
    assert judge(checked, NOW, [read_list(lists()[2], trusted())]) is Verdict.VALID


@pytest.mark.parametrize(
    ("asked", "where"),
    [(Asked("another", BANK.audience), "nonce"), (Asked(BANK.nonce, "https://shop.example"), "aud")],
)
def test_what_was_shown_to_one_is_nothing_to_another(asked: Asked, where: str) -> None:
    with pytest.raises(CredentialError) as refused:
        verify(presented().encode(), trusted(), asked)
    assert (refused.value.code, refused.value.where) == ("binding", where)


def forged(**changes: Any) -> str:
    """A presentation whose key-binding token says something else, or is signed by somebody else."""
    whole = bound().presenting(FIELDS)
    payload = unverified_payload(presented().rpartition("~")[2]) | changes.pop("payload", {})
    return whole + sign_token(payload, changes.get("key", HOLDER), typ=changes.get("typ", TYP))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (lambda: bound().presenting(FIELDS), "binding"),  # nobody signed
        (lambda: forged(key=THIEF), "signature"),
        (lambda: forged(key=keys.generate(keys.EDDSA)), "signature"),
        (lambda: forged(typ="JWT"), "malformed"),
        (lambda: forged(payload={"sd_hash": "A" * 43}), "binding"),
        (lambda: forged(payload={"iat": "now"}), "binding"),
        (lambda: forged(payload={"aud": [BANK.audience]}), "binding"),
        (lambda: bound().presenting(["scopes"]) + presented().rpartition("~")[2], "binding"),
        (lambda: presented().replace("~", "~~", 1), "malformed"),
        (lambda: shown(*FIELDS).decode(), "binding"),  # bound to no key
        (lambda: ENVELOPES["vc"]().decode(), "binding"),
    ],
)
def test_a_binding_that_does_not_hold_is_refused(text: Any, code: str) -> None:
    with pytest.raises(CredentialError) as refused:
        verify(text().encode(), trusted(), BANK)
    assert refused.value.code == code


def test_dropping_a_disclosure_after_signing_shows() -> None:
    token, first, _, binding = presented().split("~")
    with pytest.raises(CredentialError, match="other disclosures"):
        verify("~".join([token, first, binding]).encode(), trusted(), BANK)


def test_a_signed_presentation_is_not_taken_for_an_unsigned_one() -> None:
    """Who did not ask for it does not know what the holder signed it for."""
    with pytest.raises(CredentialError, match="nonce"):
        verify(presented().encode(), trusted())
    assert verify(bound().presenting(FIELDS).encode(), trusted()).holder is None


@pytest.mark.parametrize(
    ("now", "verdict"),
    [(NOW - SKEW, Verdict.VALID), (NOW - SKEW - 1, Verdict.NOT_RECENT), (NOW + MOST_AGE + 1, Verdict.NOT_RECENT)],
)
def test_a_presentation_is_of_its_day(now: int, verdict: Verdict) -> None:
    known = [read_list(lists(now=now)[2], trusted())]
    assert judge(verify(presented().encode(), trusted(), BANK), now, known) is verdict


def test_another_key_cannot_sign_for_it() -> None:
    with pytest.raises(CredentialError, match="not bound to this key"):
        bind(bound().presenting(FIELDS), THIEF, BANK, NOW)
    with pytest.raises(CredentialError, match="bound to no key"):
        bind(shown(*FIELDS).decode(), HOLDER, BANK, NOW)


@pytest.mark.parametrize(("nonce", "audience"), [("", "a"), ("n", ""), ("n" * 1_001, "a")])
def test_a_request_has_bounds(nonce: str, audience: str) -> None:
    with pytest.raises(CredentialError):
        Asked(nonce, audience)


def test_a_key_is_named_by_a_did() -> None:
    assert read_did_jwk(did_jwk(HOLDER.public)) == jwk_of(HOLDER.public)


def did(**changes: Any) -> str:
    return "did:jwk:" + base64url(json.dumps({**jwk_of(HOLDER.public), **changes}).encode())


@pytest.mark.parametrize(
    "text",
    ["", "did:jwk:", "did:key:z6Mk", did(d="AA"), did(x="AA"), did(crv="P-384"), did(y=base64url(bytes(32))),
     did_jwk(keys.generate(keys.EDDSA).public), did(more="x" * 1_000), "did:jwk:" + base64url(b"[]")],
    ids=["empty", "no-key", "other-method", "private", "short", "curve", "off-curve", "type", "long", "list"],
)  # fmt: skip
def test_a_holder_that_is_none(text: str) -> None:
    with pytest.raises(KeyFormError):
        read_did_jwk(text)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=40) | st.just(jwk_of(HOLDER.public)))
def test_garbage_is_refused_by_name(text: str, jwk: object) -> None:
    """INV-18"""
    with contextlib.suppress(CredentialError):
        check_binding("a~", text, {"cnf": {"jwk": jwk}}, BANK)
    with contextlib.suppress(KeyFormError):
        read_did_jwk("did:jwk:" + text)


def test_the_library_verifies_what_the_holder_signed() -> None:
    asked = {"kb": {"nonce": BANK.nonce}}
    good, other, stolen, unsigned = ask(
        sd_question(presented().encode(), **asked),
        sd_question(presented(asked=Asked("another", BANK.audience)).encode(), **asked),
        sd_question(forged(key=THIEF).encode(), **asked),
        sd_question(bound().presenting(FIELDS).encode(), **asked),
    )
    assert good["verified"], good
    assert (good["kb"]["payload"]["aud"], good["kb"]["payload"]["nonce"]) == (BANK.audience, BANK.nonce)
    assert good["payload"]["cnf"] == {"jwk": jwk_of(HOLDER.public)}
    assert [answer["verified"] for answer in (other, stolen, unsigned)] == [False] * 3


def test_what_the_library_presents_verifies() -> None:
    """A wallet by others holds the credential and its key."""
    question = {
        "judge": "wallet", "token": bound().presenting(bound().fields()), "jwk": private_jwk(HOLDER),
        "frame": {"total_emissions": True}, "kb": {"iat": NOW, "aud": BANK.audience, "nonce": BANK.nonce},
    }  # fmt: skip
    (answer,) = ask(question)
    assert answer["verified"], answer
    checked = verify(answer["presentation"].encode(), trusted(), BANK)
    assert checked.shown == ("total_emissions",)
    assert checked.holder is not None


def private_jwk(key: PrivateKey) -> Json:
    secret = key.to_pem(b"x")
    loaded = load_pem_private_key(secret, b"x")
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    return {**jwk_of(key.public), "d": base64url(loaded.private_numbers().private_value.to_bytes(32, "big"))}
