"""Which keys `carbon scan` believes: those of a DID document that the checker keeps, or of a `did:key`."""

from collections.abc import Mapping
from pathlib import Path

from ledger.commands.input_files import WrongUse, read
from ledger.credentials.key_forms import MULTICODEC, KeyFormError, key_of
from ledger.identifiers.did import from_base58, parse_did
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, PublicKey
from terminal_signer.strict import read_json

MOST_BYTES, MOST_METHODS = 1 << 18, 256


def trusted_keys(name: str) -> list[PublicKey]:
    """The Ed25519 keys of a file with a DID document, or of a `did:key` written out. Raises WrongUse."""
    if name.startswith("did:key:"):
        return [_of_did_key(name)]
    document = _document(name)
    methods = document.get("verificationMethod")
    if not isinstance(methods, list) or len(methods) > MOST_METHODS:
        raise WrongUse("no DID document: verificationMethod is no list", where=name[:120], mend=_MEND)
    found = [key for method in methods if isinstance(method, Mapping) for key in _of_method(method)]
    if not found:
        raise WrongUse("the DID document has no Ed25519 key", where=name[:120], mend=_MEND)
    return found


_MEND = "fetch https://<domain>/.well-known/did.json once, from a source that you trust, and keep it"


def _document(name: str) -> Mapping[str, object]:
    try:
        document = read_json(read(Path(name), MOST_BYTES), name)
    except WrongUse:
        raise
    except CarbonError as fault:
        raise WrongUse(f"no DID document: {fault.message}"[:200], where=name[:120], mend=_MEND) from fault
    if not isinstance(document, Mapping):
        raise WrongUse("no DID document: not an object", where=name[:120], mend=_MEND)
    return document


def _of_method(method: Mapping[str, object]) -> list[PublicKey]:
    try:
        key = key_of(method.get("publicKeyJwk"))
    except KeyFormError:
        return []
    return [key] if key.alg == EDDSA else []


def _of_did_key(text: str) -> PublicKey:
    try:
        data = from_base58(parse_did(text).specific[1:])
    except CarbonError as fault:
        raise WrongUse(fault.message, where=text[:120]) from fault
    if data[:2] != MULTICODEC[EDDSA]:
        raise WrongUse("not an Ed25519 key", where=text[:120], mend="did:key:z6Mk…")
    return PublicKey(EDDSA, data[2:])
