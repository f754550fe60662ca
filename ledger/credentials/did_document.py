"""The issuer's `did:web` and its document (W3C DID Core 1.0, did:web method, Controlled Identifiers 1.0).

An Ed25519 key stands in it twice: as Multikey for Data Integrity proofs, and as JsonWebKey for JOSE. A key's id never
changes meaning: its fragment is the key itself or its RFC 7638 thumbprint.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.credentials.certificate import local_time
from ledger.credentials.key_forms import Jwk, key_of, multikey, thumbprint
from ledger.identifiers.did import Did, parse_did

SERVICE = "CertificateCredentials"
"""A type of our own, so it is written as an address: no context of a DID document defines it."""
CONTEXT = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1", "https://w3id.org/security/jwk/v1")
TERMS = "/credentials/terms#"
RETIRED = "retired"
"""Below the terms: since when a key signs no more. `expires` and `revoked` say when it verifies no more."""


@dataclass(frozen=True, slots=True)
class RetiredKey:
    """It signs no more since `since` (None: as soon as the gateway starts again); what it signed verifies until `until`
    (Unix seconds)."""

    jwk: Jwk
    until: int
    since: int | None = None


def did_web(url: str) -> Did:
    """The DID of a web address: a port as %3A, folders after colons. Raises IdentifierError."""
    host, *folders = url.partition("://")[2].split("/")
    return parse_did(":".join(["did:web", host.replace(":", "%3A"), *filter(None, folders)]))


def key_id(did: str, jwk: Jwk) -> str:
    """The id under which JOSE and handle signatures name a key."""
    return f"{did}#{thumbprint(jwk)}"


def multikey_id(did: str, jwk: Jwk) -> str:
    """The id under which Data Integrity names an Ed25519 key."""
    return f"{did}#{multikey(key_of(jwk))}"


def did_document(did: str, keys: Sequence[Jwk], public_url: str, retired: Sequence[RetiredKey] = ()) -> dict[str, Any]:
    methods = [method for jwk in keys for method in _methods(did, jwk)]
    methods += [{**method, **_bounds(key, public_url)} for key in retired for method in _methods(did, key.jwk)]
    issued = f"{public_url}/credentials"
    return {
        "@context": list(CONTEXT),
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
        "service": [{"id": f"{did}#credentials", "type": f"{public_url}{TERMS}{SERVICE}", "serviceEndpoint": issued}],
    }


def _methods(did: str, jwk: Jwk) -> list[dict[str, Any]]:
    name = thumbprint(jwk)
    form = {"id": f"{did}#{name}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": {**jwk, "kid": name}}
    if jwk["kty"] != "OKP":
        return [form]
    key = multikey(key_of(jwk))
    return [{"id": f"{did}#{key}", "type": "Multikey", "controller": did, "publicKeyMultibase": key}, form]


def _bounds(key: RetiredKey, public_url: str) -> dict[str, str]:
    since = {f"{public_url}{TERMS}{RETIRED}": local_time(key.since, "+00:00")} if key.since else {}
    return {"expires": local_time(key.until, "+00:00"), **since}
