"""Credentials for the mutator to start from, and how each is read: all by one published key, so that they have the same
bytes in every process."""

import itertools
import json
from collections.abc import Sequence
from functools import cache

from devnet.soak.samples import KEY, START
from ledger.credentials import sd_jwt_vc, status_list
from ledger.credentials.data_integrity import add_proof
from ledger.credentials.did_document import did_document, key_id, multikey_id
from ledger.credentials.jcs import read_object
from ledger.credentials.jose import sign_token
from ledger.credentials.key_forms import jwk_of
from ledger.credentials.sd_jwt import Hidden, combine, conceal, reveal
from ledger.credentials.trust import TrustedIssuer, read_did_document
from ledger.credentials.vc import CONTEXT, Issuing
from ledger.credentials.verify import VC_TYP, read_list, verify

URL, DID = "https://ledger.example", "did:web:ledger.example"
JWK = jwk_of(KEY.public)
ISSUING = Issuing(DID, "Example", URL, 7)
_CREATED = "2026-01-01T00:00:00Z"


@cache
def credential() -> bytes:
    return json.dumps(add_proof(_document(), KEY, multikey_id(DID, JWK), _CREATED)).encode()


@cache
def tokens() -> Sequence[bytes]:
    """A W3C credential as token, and an SD-JWT with its disclosures."""
    hidden = {"total": Hidden({"value": "5", "unit": "t"}), "items": [Hidden("a"), Hidden({"b": [1, None, 0.5]})]}
    salts = itertools.count()
    visible = {"iss": URL, "vct": "type", "exp": START}
    payload, disclosures = conceal({**visible, **hidden}, lambda size: next(salts).to_bytes(size))
    kid = key_id(DID, JWK)
    sd_jwt = combine(sign_token(payload, KEY, typ=sd_jwt_vc.TYP, kid=kid), disclosures)
    return sign_token(_document(), KEY, typ=VC_TYP, cty="vc", kid=kid).encode(), sd_jwt.encode()


@cache
def lists() -> Sequence[bytes]:
    bits = status_list.list_credential(ISSUING, "revocation", [7], START, 300)
    return (json.dumps(add_proof(bits, KEY, multikey_id(DID, JWK), _CREATED)).encode(),)


@cache
def did_json() -> bytes:
    return json.dumps(did_document(DID, [JWK], URL)).encode()


def read_credential(data: bytes) -> None:
    verify(data, _trusted())


def read_token(data: bytes) -> None:
    """What a holder reads of its own before anything is checked, then the check."""
    text = data.decode("latin-1")
    if "~" in text:
        held = sd_jwt_vc.held(text)
        reveal(held.payload, held.disclosures)
    verify(data, _trusted())


def read_status_list(data: bytes) -> None:
    read_list(data, _trusted())


def read_did(data: bytes) -> None:
    read_did_document(read_object(data))


@cache
def _trusted() -> TrustedIssuer:
    return read_did_document(read_object(did_json()))


def _document() -> dict[str, object]:
    return {
        "@context": [CONTEXT],
        "type": ["VerifiableCredential"],
        "issuer": {"id": DID},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialStatus": ISSUING.statuses(),
        "credentialSubject": {"grade": 2, "share": 0.25},
    }
