"""What verifiers by others say: @digitalbazaar/vc, jose, @sd-jwt/sd-jwt-vc, @digitalbazaar/vc-bitstring-status-list.

They get the envelopes as they are issued, the issuer's DID document, and the status lists; and each of these once with
a change. The library of status lists looks at the machine's clock, so its lists are of now.
"""

import json
import time
from typing import Any

import pytest

from ledger.credentials.dcc import DCC_CONTEXT, conformity_credential
from ledger.credentials.jose import unverified_payload
from ledger.credentials.status_list import encode_bits
from ledger.credentials.vc import credential
from ledger.credentials.vocabulary import context_document, type_metadata
from tests.credentials.envelopes import ENVELOPES, lists, sd_jwt, shown
from tests.credentials.issuers import PUBLIC_URL, issuer
from tests.credentials.judging import ask
from tests.credentials.samples import INDEX, NOW, SECRET_FIGURES, facts, issuing
from tests.credentials.untp_context import CONTEXT as UNTP
from tests.gateway.samples import statement

Json = dict[str, Any]


def documents(revoked: bool = False, suspended: bool = False) -> Json:
    own = issuer()
    found = [json.loads(data) for data in lists(revoked, suspended, now=int(time.time()))[:2]]
    return {
        own.did: own.document(PUBLIC_URL, NOW),
        **{document["id"]: document for document in found},
    }


def question(name: str, **changes: Any) -> Json:
    return {
        "judge": "credential",
        "credential": json.loads(ENVELOPES[name]()),
        "documents": documents(),
        "now": NOW,
    } | changes


@pytest.mark.parametrize("name", ["vc", "dcc"])
def test_digitalbazaar_verifies_data_integrity_and_status(name: str) -> None:
    original = json.loads(ENVELOPES[name]())
    forged = {**original, "credentialSubject": {**original["credentialSubject"], "id": f"{PUBLIC_URL}/88.1.1/X"}}
    good, changed, revoked, suspended, late = ask(
        question(name),
        question(name, credential=forged),
        question(name, documents=documents(revoked=True)),
        question(name, documents=documents(suspended=True)),
        question(name, now=1_700_000_000),
    )
    assert good == {"verified": True, "states": [False, False]}, good
    assert changed["verified"] is False
    assert "signature" in changed["error"].lower()
    assert (revoked["states"], suspended["states"]) == ([True, False], [False, True])
    assert late["verified"] is False
    assert "validUntil" in late["error"]


@pytest.mark.parametrize("name", ["vc+jwt", "dcc+jwt"])
def test_jose_verifies_tokens(name: str) -> None:
    own = issuer()
    token = ENVELOPES[name]().decode()
    first, payload, signature = token.split(".")
    as_asked = {"judge": "token", "jwk": dict(own.jwks["ed25519"]), "typ": "vc+jwt", "now": NOW}
    good, changed, other = ask(
        {**as_asked, "token": token},
        {**as_asked, "token": f"{first}.{payload[:-4]}AAAA.{signature}"},
        {**as_asked, "token": token, "typ": "JWT"},
    )
    assert good["payload"] == unverified_payload(token)
    assert changed["verified"] is False
    assert other["verified"] is False


def sd_question(data: bytes, **changes: Any) -> Json:
    own = issuer()
    vct = str(sd_jwt().payload["vct"])
    return {
        "judge": "sdJwt", "token": data.decode(), "jwk": dict(own.jwks["p256"]), "list": lists()[2].decode(),
        "metadata": type_metadata(vct), "now": NOW,
    } | changes  # fmt: skip


def test_sd_jwt_vc_verifies_every_choice_of_disclosures() -> None:
    fields = sd_jwt().fields()
    every, nothing, one = ask(
        sd_question(shown(*fields)), sd_question(shown()), sd_question(shown("activity.natural_gas"))
    )
    assert every["verified"], every
    assert every["payload"]["total_emissions"] == {"value": "41230.55", "unit": "tCO2e"}
    assert len(every["payload"]["activity"]) == 3
    assert nothing["payload"]["grade"] == 2
    assert not any(figure in json.dumps(nothing) for figure in SECRET_FIGURES)
    assert one["payload"]["activity"] == [{"item": "natural_gas", "value": "1203.5", "unit": "10^4.m3"}]
    assert {claim["path"][0] for claim in every["metadata"]["mergedTypeMetadata"]["claims"]} >= {
        "activity",
        "grade",
        "total_emissions",
    }


def test_sd_jwt_vc_refuses_what_is_revoked_changed_or_late() -> None:
    whole = shown(*sd_jwt().fields())
    token, disclosure = shown("total_emissions").decode().split("~")[:2]
    revoked, suspended, changed, late = ask(
        sd_question(whole, list=lists(revoked=True)[2].decode()),
        sd_question(whole, list=lists(suspended=True)[2].decode()),
        sd_question(f"{token[:-6]}AAAAAA~{disclosure}~".encode()),
        sd_question(whole, now=1_700_000_000),
    )
    assert [answer["verified"] for answer in (revoked, suspended, changed, late)] == [False] * 4
    assert "status" in revoked["error"].lower()


def test_the_status_list_decodes_as_the_library_has_it() -> None:
    encoded = encode_bits([INDEX])
    here, beside = ask({"judge": "bit", "list": encoded, "index": INDEX}, {"judge": "bit", "list": encoded, "index": 7})
    assert (here["bit"], here["length"]) == (True, 131_072)
    assert beside["bit"] is False
    assert issuing().statuses()[0]["statusListIndex"] == str(INDEX)


@pytest.mark.parametrize("said", [{"kind": 2}, {"kind": 3, "footprint": 2_183_450_001, "unit": "t"}])
def test_no_word_of_a_credential_is_lost_on_who_reads_it_as_a_graph(said: dict[str, Any]) -> None:
    """JSON-LD in safe mode refuses members and types that no context defines."""
    shown = facts(statement(assurance=2, supersedes=7, **said))
    known = {DCC_CONTEXT: UNTP, issuing().context: context_document(issuing().terms)}
    documents = [credential(shown, issuing()), conformity_credential(shown, issuing())]
    documents += [json.loads(data) for data in lists()[:2]]
    foreign = {**documents[1], "credentialSubject": {**documents[1]["credentialSubject"], "type": ["SecureLink"]}}
    *answers, refused = ask(
        *({"judge": "expand", "document": one, "documents": known} for one in [*documents, foreign])
    )
    assert [answer.get("error") for answer in answers] == [None] * 4
    assert refused["verified"] is False
