"""Whom a verifier trusts: an issuer's DID and the keys that its document lists for assertions.

The document comes from outside – fetched from the issuer's address, or kept since – never from the credential.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.credentials.did_document import RETIRED, TERMS, did_web
from ledger.credentials.errors import CredentialError
from ledger.credentials.instants import instant
from ledger.credentials.key_forms import KeyFormError, key_of, read_multikey
from ledger.identifiers.did import parse_did
from ledger.identifiers.text import IdentifierError
from terminal_signer.keys import PublicKey

MOST_METHODS = 256


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of a key: from `retired` on it signs nothing more, from `ends` on it verifies nothing more; None where the DID
    document knows no such time."""

    retired: int | None = None
    ends: int | None = None

    def cover(self, dated: int, now: int) -> bool:
        """Whether it may have signed what is dated so, and still verifies."""
        return (self.retired is None or dated <= self.retired) and (self.ends is None or now < self.ends)


UNBOUNDED = Bounds()


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """`keys` by the fragment of their id. Keys of other kinds than Ed25519 and P-256 are left out."""

    did: str
    keys: Mapping[str, PublicKey]
    bounds: Mapping[str, Bounds] = field(default_factory=dict)

    def bounds_of(self, key_id: object) -> Bounds:
        return self.bounds.get(str(key_id).rpartition("#")[2], UNBOUNDED)

    def key(self, key_id: str, alg: int) -> PublicKey:
        """The key of a DID URL of this issuer, or of a bare fragment. Raises CredentialError."""
        did, hash_sign, fragment = key_id.rpartition("#")
        if hash_sign and did not in ("", self.did):
            raise CredentialError(f"signed as {key_id[:120]!r}", code="issuer", where=self.did)
        found = self.keys.get(fragment)
        if found is None or found.alg != alg:
            raise CredentialError(f"the issuer lists no such key: {fragment[:80]!r}", code="key", where=self.did,
                                  mend="fetch its DID document again")  # fmt: skip
        return found

    def is_named(self, name: object) -> bool:
        """Whether an issuer's name – a DID, its object, or a web address – is this one's."""
        if isinstance(name, Mapping):
            name = name.get("id")
        if not isinstance(name, str):
            return False
        try:
            return self.did == (
                did_web(name).text if name.startswith(("https://", "http://")) else parse_did(name).text
            )
        except IdentifierError:
            return False


def read_did_document(document: object) -> TrustedIssuer:
    """Raises CredentialError."""
    try:
        if not isinstance(document, Mapping):
            raise TypeError("not an object")
        did = parse_did(document["id"]).text
        methods, asserting = document["verificationMethod"], document["assertionMethod"]
        if not isinstance(methods, list) or not isinstance(asserting, list) or len(methods) > MOST_METHODS:
            raise TypeError("verificationMethod or assertionMethod is no list")
        methods = [method for method in methods if method["id"] in asserting]
        keys = dict(entry for method in methods for entry in _entry(did, method))
        bounds = {str(method["id"]).rpartition("#")[2]: _bounds(method) for method in methods}
    except (KeyError, TypeError, AttributeError, IdentifierError) as fault:
        raise CredentialError(f"no DID document: {fault}"[:160], where="DID document") from None
    return TrustedIssuer(did, keys, bounds)


def _bounds(method: Mapping[str, Any]) -> Bounds:
    """`expires` and `revoked` of Controlled Identifiers 1.0 (2.2), and our own term. Raises CredentialError."""
    retired = next((name for name in method if name.endswith(TERMS + RETIRED)), RETIRED)
    ends = [end for end in (instant(method, "expires"), instant(method, "revoked")) if end is not None]
    return Bounds(instant(method, retired), min(ends, default=None))


def _entry(did: str, method: Mapping[str, Any]) -> list[tuple[str, PublicKey]]:
    name = str(method["id"])
    owner, _, fragment = name.rpartition("#")
    if owner not in ("", did) or not fragment:
        return []
    try:
        if method.get("type") == "Multikey":
            return [(fragment, read_multikey(str(method["publicKeyMultibase"])))]
        return [(fragment, key_of(method["publicKeyJwk"]))]
    except KeyFormError:
        return []
