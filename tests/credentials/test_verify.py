"""Every envelope checked offline, tampered with, out of time, revoked; and garbage."""

import hashlib
import json
import random
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.credentials.certificate import Party
from ledger.credentials.dcc import conformity_credential, plain_number, statement_file
from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import es6_number
from ledger.credentials.jose import sign_token
from ledger.credentials.key_forms import base64url, from_base64url
from ledger.credentials.status_list import ENTRIES, decode_bits, decode_states, encode_bits, encode_states
from ledger.credentials.trust import TrustedIssuer, read_did_document
from ledger.credentials.vc import credential
from ledger.credentials.verify import Verdict, judge, read_list, verify
from terminal_signer import keys
from tests.credentials.envelopes import ENVELOPES, TTL, data_integrity, jose, lists, sd_jwt, shown
from tests.credentials.issuers import issuer
from tests.credentials.samples import EXPIRY, INDEX, NOW, SECRET_FIGURES, facts, issuing, trusted
from tests.credentials.untp import CREDENTIAL
from tests.gateway.samples import GRADED, MINTED, statement

FORMS = sorted(ENVELOPES)


@pytest.mark.parametrize("name", FORMS)
def test_each_envelope_holds_and_says_the_same(name: str) -> None:
    checked = verify(ENVELOPES[name](), trusted())
    assert checked.form == ("vc" if name in ("vc", "dcc") else "vc+jwt" if name == "dcc+jwt" else name)
    assert (checked.begins, checked.ends) == (MINTED, EXPIRY)
    assert {entry.index for entry in checked.entries} == {INDEX}
    assert GRADED in json.dumps(checked.claims)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("revoked", "suspended", "now", "verdict"),
    [
        (False, False, NOW, Verdict.VALID), (True, False, NOW, Verdict.REVOKED), (False, True, NOW, Verdict.SUSPENDED),
        (True, True, NOW, Verdict.REVOKED), (False, False, MINTED - 1, Verdict.NOT_YET),
    ],
)  # fmt: skip
def test_what_it_is_worth_now(name: str, revoked: bool, suspended: bool, now: int, verdict: Verdict) -> None:
    own = trusted()
    known = [read_list(data, own) for data in lists(revoked, suspended)]
    assert judge(verify(ENVELOPES[name](), own), now, known) is verdict


@pytest.mark.parametrize("name", FORMS)
def test_without_a_fresh_list_nobody_says_valid(name: str) -> None:
    """A list that ended is no list: what was revoked since cannot be seen."""
    checked, known = verify(ENVELOPES[name](), trusted()), [read_list(data, trusted()) for data in lists()]
    assert judge(checked, NOW, []) is Verdict.UNCHECKED
    assert judge(checked, NOW + TTL, known) is Verdict.UNCHECKED
    assert judge(checked, EXPIRY, []) is Verdict.EXPIRED


@pytest.mark.parametrize("name", ["vc", "vc+jwt", "dcc", "dcc+jwt"])
def test_no_confidential_figure_shows(name: str) -> None:
    """INV-20: the result's quantities stand in no public envelope."""
    claims = json.dumps(verify(ENVELOPES[name](), trusted()).claims, ensure_ascii=False)
    assert [figure for figure in SECRET_FIGURES if figure in claims] == []


def test_without_disclosures_no_confidential_figure_shows() -> None:
    """INV-20"""
    text = json.dumps(verify(shown(), trusted()).claims, ensure_ascii=False) + json.dumps(sd_jwt().payload)
    assert [figure for figure in SECRET_FIGURES if figure in text] == []


@pytest.mark.parametrize("field", sd_jwt().fields())
def test_each_field_is_disclosed_alone(field: str) -> None:
    """INV-20: of a list, too, one element shows without its neighbours."""
    checked = verify(shown(field), trusted())
    assert checked.shown == (field,)
    member, _, element = field.partition(".")
    value = checked.claims[member]
    if element:
        assert [entry.get("item", entry.get("id")) for entry in value] == [element]
    hidden = {other.partition(".")[0] for other in sd_jwt().fields()} - {member}
    assert not any(checked.claims.get(other) for other in hidden)


def test_a_list_as_a_whole_can_be_asked_for() -> None:
    assert len(verify(shown("activity", "total_emissions"), trusted()).shown) == 4
    with pytest.raises(CredentialError, match="choose from"):
        shown("profit")


def changed(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path to a leaf."""
    if isinstance(value, dict):
        return [found for name, item in value.items() for found in changed(item, (*path, name))]
    if isinstance(value, list):
        return [found for place, item in enumerate(value) for found in changed(item, (*path, place))]
    return [path]


@pytest.mark.parametrize("name", ["vc", "dcc"])
def test_no_member_of_a_signed_document_can_be_changed(name: str) -> None:
    """INV-01"""
    original = ENVELOPES[name]()
    for path in changed(json.loads(original)):
        document = json.loads(original)
        place = document
        for step in path[:-1]:
            place = place[step]
        old = place[path[-1]]
        place[path[-1]] = old + 1 if isinstance(old, int | float) else f"{old}x"
        with pytest.raises(CredentialError):
            verify(json.dumps(document).encode(), trusted())
        del place[path[-1]]
        with pytest.raises(CredentialError):
            verify(json.dumps(document).encode(), trusted())


@pytest.mark.parametrize("name", ["vc+jwt", "dcc+jwt", "dc+sd-jwt"])
def test_no_character_of_a_token_can_be_changed(name: str) -> None:
    """INV-01"""
    original = ENVELOPES[name]().decode()
    generator = random.Random(8)  # noqa: S311 – which characters are tried
    for place in generator.sample(range(len(original)), 150):
        for sign in {"A", "b", ".", "~", ""} - {original[place]}:
            with pytest.raises(CredentialError):
                verify((original[:place] + sign + original[place + 1 :]).encode(), trusted())


def test_the_narrower_bound_counts() -> None:
    """Of the credential, and of its proof or token."""
    document = credential(facts(), issuing())
    plain = verify(jose({**document, "exp": NOW, "nbf": MINTED + 5}), trusted())
    assert (plain.begins, plain.ends) == (MINTED + 5, NOW)
    assert verify(jose({**document, "exp": EXPIRY + 5, "nbf": 5}), trusted()).ends == EXPIRY
    assert verify(data_integrity(document, expires="2019-01-09T02:30:00Z"), trusted()).ends == NOW


def other_issuer() -> TrustedIssuer:
    key = keys.generate(keys.EDDSA).public
    return replace(trusted(), keys=dict.fromkeys(trusted().keys, key))


@pytest.mark.parametrize("name", FORMS)
def test_a_key_inside_the_credential_is_never_believed(name: str) -> None:
    """INV-19: the same names with keys of somebody else, and the right keys under another name."""
    with pytest.raises(CredentialError):
        verify(ENVELOPES[name](), other_issuer())
    with pytest.raises(CredentialError):
        verify(ENVELOPES[name](), replace(trusted(), did="did:web:other.example"))


def test_signing_for_another_issuer_is_refused() -> None:
    """A trusted issuer's key does not make it somebody else."""
    own = issuer()
    foreign = {**credential(facts(), issuing()), "issuer": {"id": "did:web:other.example"}}
    for data in (data_integrity(foreign), jose(foreign)):
        with pytest.raises(CredentialError) as refused:
            verify(data, trusted())
        assert refused.value.code == "issuer"
    kid = own.key_id("p256").rpartition("#")[2]
    payload = {**sd_jwt().payload, "iss": "https://other.example"}
    token = sign_token(payload, own.p256, typ="dc+sd-jwt", kid=kid)
    with pytest.raises(CredentialError, match="issuer"):
        verify(f"{token}~".encode(), trusted())


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256"}, {"typ": "JWT"}, {"crit": ["exp"]}, {"b64": False},
        {"kid": None}, {"kid": "did:web:other.example#x"}, {"jwk": {}, "kid": 7},
    ],
)  # fmt: skip
def test_a_header_that_asks_for_something_else_is_refused(header: dict[str, object]) -> None:
    own = issuer()
    first, payload, _ = ENVELOPES["vc+jwt"]().decode().split(".")
    members = {**json.loads(from_base64url(first)), **header}
    signed = f"{base64url(json.dumps(members).encode())}.{payload}"
    signature = base64url(own.ed25519.sign(signed.encode()))
    for token in (f"{signed}.{signature}", f"{signed}."):
        with pytest.raises(CredentialError):
            verify(token.encode(), trusted())


@pytest.mark.parametrize(
    "change",
    [
        {"@context": "https://www.w3.org/ns/credentials/v2"}, {"@context": []}, {"type": "Other"}, {"validFrom": 7},
        {"validFrom": "yesterday"}, {"validUntil": "2026-01-01T00:00:00"}, {"credentialStatus": {"type": "Other"}},
        {"credentialStatus": [{"type": "BitstringStatusListEntry", "statusListIndex": 7}]},
        {"credentialStatus": [{}] * 17}, {"issuer": 7},
    ],
)  # fmt: skip
def test_signed_nonsense_is_named(change: dict[str, object]) -> None:
    for sign in (data_integrity, jose):
        with pytest.raises(CredentialError):
            verify(sign({**credential(facts(), issuing()), **change}), trusted())


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_garbage_is_refused_by_name(data: bytes) -> None:
    """INV-18"""
    for read in (verify, read_list):
        with pytest.raises(CredentialError):
            read(data, trusted())


@given(st.recursive(st.none() | st.text(max_size=20) | st.integers(), lambda x: st.dictionaries(
    st.sampled_from(["id", "type", "verificationMethod", "assertionMethod", "publicKeyJwk", "publicKeyMultibase"]), x)
    | st.lists(x, max_size=3)))  # fmt: skip
def test_a_did_document_of_garbage_is_refused_by_name(document: object) -> None:
    """INV-18"""
    try:
        read_did_document(document)
    except CredentialError:
        return


def test_keys_that_are_not_for_assertions_count_for_nothing() -> None:
    own = issuer()
    document: dict[str, Any] = own.document("https://ledger.example", NOW)
    document["assertionMethod"] = []
    with pytest.raises(CredentialError) as refused:
        verify(ENVELOPES["vc"](), read_did_document(document))
    assert refused.value.code == "key"


@given(st.sets(st.integers(0, ENTRIES - 1), max_size=20))
def test_bits_and_states_read_back(indices: set[int]) -> None:
    bits = decode_bits(encode_bits(indices))
    states = decode_states({"bits": 2, "lst": encode_states({index: 1 + index % 2 for index in indices})})
    for index in {*indices, 0, ENTRIES - 1}:
        assert bits.entry(index) == (index in indices)
        assert states.entry(index) == ((1 + index % 2) if index in indices else 0)
    with pytest.raises(CredentialError):
        bits.entry(ENTRIES)


def test_the_draft_token_status_lists_example() -> None:
    """Its 16 one-bit statuses: the first in the least significant place."""
    given = decode_states({"bits": 1, "lst": "eNrbuRgAAhcBXQ"})
    assert [given.entry(index) for index in range(16)] == [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]


@pytest.mark.parametrize("text", [None, "", "x", "u", "uAAAA", "u====", encode_bits([1])[:-9]])
def test_a_damaged_list_is_refused(text: object) -> None:
    with pytest.raises(CredentialError):
        decode_bits(text)


def test_a_list_that_blows_up_is_refused() -> None:
    """INV-18"""
    with pytest.raises(CredentialError, match="too long"):
        decode_bits(encode_bits([], 1 << 27))


@pytest.mark.parametrize("text", ["0.734512", "585.476553131", "9131", "0.1", "123456789012345.678", "1e3", "-0.5"])
def test_a_metric_keeps_fifteen_digits(text: str) -> None:
    number = plain_number(text)
    assert float(es6_number(float(number))) == number
    assert abs(float(text) - number) <= abs(number) * 1e-14


def test_the_conformity_credential_has_what_untp_requires() -> None:
    """UNTP 0.6.0: required members and code lists."""
    document = conformity_credential(facts(), issuing())
    assert document["@context"][1] == "https://test.uncefact.org/vocabulary/untp/dcc/0.6.0/"
    assert set(document["issuer"]) == {"type", "id", "name"}
    subject = document["credentialSubject"]
    assert (subject["assessorLevel"], subject["assessmentLevel"]) == ("3rdParty", "Verified")
    assert {"id", "name", "registeredId", "idScheme"} <= set(subject["issuedToParty"])
    assessment = subject["assessment"][0]
    assert (assessment["conformityTopic"], assessment["conformance"]) == ("environment.emissions", True)
    graded = assessment["declaredValue"][0]
    assert (graded["score"], graded["metricValue"]["value"], graded["metricValue"]["unit"]) == ("2", 0.734512, "C62")
    assert "Carbon efficiency K = 0.734512" in assessment[f"{issuing().terms}exactValue"]


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"boundary": None}, {"marks": ()}, {"figures": ()},
        {"figures": (("emissions.total", "585.476553131", "tCO2e"), ("x.intensity", "1/3", "kgCO2e"))},
        {"said": statement(kind=1, scheme=bytes(32))}, {"said": statement(kind=3, footprint=2_183_450_001, unit="t")},
        {"enterprise": Party("", "", bytes(20)), "verifier": Party("核查", "", bytes(20))},
    ],
)  # fmt: skip
def test_the_conformity_credential_keeps_the_rules_of_untp(changes: dict[str, Any]) -> None:
    document = json.loads(json.dumps(conformity_credential(facts(**changes), issuing())))
    assert [str(error) for error in jsonschema_rs.Draft202012Validator(CREDENTIAL).iter_errors(document)] == []
    broken = {**document, "issuer": {**document["issuer"], "more": 1}}
    assert not jsonschema_rs.Draft202012Validator(CREDENTIAL).is_valid(broken)


def test_the_evidence_is_the_statement_by_its_hash() -> None:
    evidence = conformity_credential(facts(), issuing())["credentialSubject"]["auditableEvidence"]
    assert evidence["hashDigest"] == hashlib.sha256(statement_file(facts())).hexdigest()
    assert evidence["linkURL"] == facts().statement_url


def test_an_unverified_certificate_calls_itself_none() -> None:
    said = conformity_credential(facts(marks=("DEMO", "UNVERIFIED")), issuing())["credentialSubject"]
    assert (said["assessorLevel"], said["assessmentLevel"]) == ("Self", "Unspecified")
    assert "UNVERIFIED" in said["description"]
    assert [facility["IDverifiedByCAB"] for facility in said["assessment"][0]["assessedFacility"]] == [False]
