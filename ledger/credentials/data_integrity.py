"""Data Integrity proofs with the cryptosuite `eddsa-jcs-2022` (W3C vc-di-eddsa 1.0, 3.3).

Signed are two hashes: SHA-256 over the canonical proof options, to which the document's @context is copied, and SHA-256
over the canonical document without its proof.
"""

import hashlib
from typing import Any

from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import jcs
from ledger.credentials.trust import TrustedIssuer
from ledger.identifiers.did import base58, from_base58
from ledger.identifiers.text import IdentifierError
from terminal_signer.keys import EDDSA, SigningKey

SUITE = "eddsa-jcs-2022"
Json = dict[str, Any]


def add_proof(document: Json, key: SigningKey, method: str, created: str, **more: str) -> Json:
    """The document with a proof. `method`: id of the Ed25519 key; `created`: an XML Schema dateTime; `more`: further
    options, such as `expires`."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": created,
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
        **more,
    }
    signature = key.sign(_hashes(options, document))
    return {**document, "proof": {**options, "proofValue": "z" + base58(signature)}}


def check_proof(document: Json, trusted: TrustedIssuer) -> None:
    """Raises CredentialError unless the trusted issuer's key signed exactly this document."""
    proof = document.get("proof")
    if not isinstance(proof, dict):
        raise CredentialError("no proof, or several", where="proof")
    kind = (proof.get("type"), proof.get("cryptosuite"), proof.get("proofPurpose"))
    if kind != ("DataIntegrityProof", SUITE, "assertionMethod"):
        raise CredentialError(f"a proof of another kind: {kind}"[:120], where="proof", mend=f"known is {SUITE}")
    key = trusted.key(str(proof.get("verificationMethod")), EDDSA)
    if not trusted.is_named(document.get("issuer")):
        raise CredentialError("the issuer is not the trusted one", code="issuer", where="issuer")
    if proof.get("@context", document.get("@context")) != document.get("@context"):
        raise CredentialError("the proof was made for another @context", code="signature", where="proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    if not key.verify(_signature(proof.get("proofValue")), _hashes(options, unsigned)):
        raise CredentialError("the document is not what the issuer signed", code="signature", where="proof")


def _hashes(options: Json, document: Json) -> bytes:
    return hashlib.sha256(jcs(options)).digest() + hashlib.sha256(jcs(document)).digest()


def _signature(value: object) -> bytes:
    try:
        if isinstance(value, str) and value.startswith("z") and len(value) <= 100:
            return from_base58(value[1:])
    except IdentifierError:
        pass
    raise CredentialError("proofValue is no multibase of base58", where="proof.proofValue")
