"""One certificate in every envelope, as bytes that a verifier would be handed."""

import json
from collections.abc import Callable, Mapping

from ledger.credentials import sd_jwt_vc
from ledger.credentials.certificate import local_time
from ledger.credentials.data_integrity import add_proof
from ledger.credentials.dcc import conformity_credential
from ledger.credentials.jose import sign_token
from ledger.credentials.status_list import INVALID, SUSPENDED, TOKEN_TYP, list_credential, list_token
from ledger.credentials.vc import credential
from tests.credentials.issuers import issuer
from tests.credentials.samples import INDEX, NOW, Counted, facts, figures, issuing

TTL = 300


def data_integrity(document: dict[str, object], **more: str) -> bytes:
    own = issuer()
    proven = add_proof(document, own.ed25519, own.proof_method, local_time(NOW, "+00:00"), **more)
    return json.dumps(proven, ensure_ascii=False).encode()


def jose(document: dict[str, object]) -> bytes:
    own = issuer()
    return sign_token(document, own.ed25519, typ="vc+jwt", cty="vc", kid=own.key_id("ed25519")).encode()


def sd_jwt() -> sd_jwt_vc.SdJwt:
    own = issuer()
    kid = own.key_id("p256").rpartition("#")[2]
    return sd_jwt_vc.issue(facts(), figures(), issuing(), own.p256, kid, Counted())


def shown(*fields: str) -> bytes:
    return sd_jwt().presenting(fields).encode()


ENVELOPES: Mapping[str, Callable[[], bytes]] = {
    "vc": lambda: data_integrity(credential(facts(), issuing())),
    "vc+jwt": lambda: jose(credential(facts(), issuing())),
    "dcc": lambda: data_integrity(conformity_credential(facts(), issuing())),
    "dcc+jwt": lambda: jose(conformity_credential(facts(), issuing())),
    "dc+sd-jwt": lambda: shown(*sd_jwt().fields()),
}


def lists(revoked: bool = False, suspended: bool = False, now: int = NOW) -> list[bytes]:
    """The three status lists, with the sample's entry as asked."""
    own = issuer()
    asked = {"revocation": revoked, "suspension": suspended}
    found = [
        data_integrity(list_credential(issuing(), purpose, [INDEX] * is_set, now, TTL))
        for purpose, is_set in asked.items()
    ]
    states = {INDEX: INVALID} if revoked else {INDEX: SUSPENDED} if suspended else {}
    kid = own.key_id("p256").rpartition("#")[2]
    return [*found, sign_token(list_token(issuing(), states, now, TTL), own.p256, typ=TOKEN_TYP, kid=kid).encode()]
