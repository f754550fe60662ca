"""Whom `carbon scan` believes: the issuer of a DID document that the checker keeps, or a `did:key`; status lists."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from ledger.commands.input_files import WrongUse, read
from ledger.credentials.errors import CredentialError
from ledger.credentials.jose import read_token
from ledger.credentials.key_forms import MULTICODEC
from ledger.credentials.status_list import ENTRIES, TOKEN_TYP, StatusList, decode_states
from ledger.credentials.trust import TrustedIssuer, read_did_document
from ledger.identifiers.did import from_base58, parse_did
from ledger.labels.compact import Compact
from ledger.labels.offline import Checked, Outcome, issuer_id
from terminal_signer.errors import CarbonError
from terminal_signer.keys import EDDSA, PublicKey
from terminal_signer.strict import read_json

MOST_BYTES = 1 << 20
_MEND = "fetch https://<domain>/.well-known/did.json once, from a source that you trust, and keep it"
_LIST = "fetch https://<domain>/credentials/status/<number>/status of the issuer"


@dataclass(frozen=True, slots=True)
class Listed:
    """A token status list that a trusted issuer signed at `as_of`, for the address `url`."""

    url: str
    states: StatusList
    as_of: int


def trusted_issuer(name: str) -> TrustedIssuer:
    """A file with a DID document, or a `did:key` written out; with one Ed25519 key at least. Raises WrongUse."""
    if name.startswith("did:key:"):
        return TrustedIssuer(name, {"": _of_did_key(name)})
    try:
        issuer = read_did_document(read_json(read(Path(name), MOST_BYTES), name))
    except WrongUse:
        raise
    except CarbonError as fault:
        raise WrongUse(f"no DID document: {fault.message}"[:200], where=name[:120], mend=_MEND) from fault
    if not label_keys(issuer):
        raise WrongUse("the DID document has no Ed25519 key", where=name[:120], mend=_MEND)
    return issuer


def label_keys(issuer: TrustedIssuer) -> list[PublicKey]:
    """Each of its Ed25519 keys once: what its document lists for assertions, and nothing else in it."""
    return list(dict.fromkeys(key for key in issuer.keys.values() if key.alg == EDDSA))


def vouched(checked: Checked, issuers: Iterable[TrustedIssuer]) -> Checked:
    """With `unknown-key` where no issuer vouches for the key at the code's date: it was retired before, or verifies no
    more. A key that stands twice in a document is bounded by both entries."""
    said = checked.code.compact
    if checked.outcome in (Outcome.WRONG_SIGNATURE, Outcome.MOVED):
        return checked
    at = said.issued_at if checked.outcome is Outcome.EXPIRED else checked.at
    for issuer in issuers:
        bounds = [issuer.bounds_of(name) for name, key in issuer.keys.items() if issuer_id(key) == said.issuer]
        if bounds and all(bound.cover(said.issued_at, at) for bound in bounds):
            return checked
    return replace(checked, outcome=Outcome.UNKNOWN_KEY)


def read_status_list(path: Path, issuers: Iterable[TrustedIssuer]) -> Listed:
    """Raises WrongUse, where none of the issuers signed it too."""
    text, reason = read(path, MOST_BYTES).decode("ascii", "replace").strip(), "no issuer is trusted"
    for issuer in issuers:
        try:
            token = read_token(text, TOKEN_TYP, issuer)
            told = token.payload
            url, as_of = told.get("sub"), told.get("iat")
            if type(as_of) is not int or not isinstance(url, str):
                raise CredentialError("no sub or iat")
            if not issuer.bounds_of(token.header["kid"]).cover(as_of, as_of):
                raise CredentialError("dated after the issuer had retired the key that signed it", code="key")
            return Listed(url, decode_states(told.get("status_list")), as_of)
        except CredentialError as fault:
            reason = fault.message
    raise WrongUse(f"no status list that is trusted: {reason}"[:200], where=str(path), mend=_LIST)


def listed_state(listed: Listed, said: Compact) -> int | None:
    """What the list says of a certificate: 0 holds, 2 suspended, else ended; None where it is not in this list. Raises
    CredentialError for a place beyond its end."""
    if said.status_index is None:
        return None
    number, place = divmod(said.status_index, ENTRIES)
    if not listed.url.partition("://")[2].startswith(f"{said.host}/"):
        return None
    if not listed.url.endswith(f"/credentials/status/{number}/status"):
        return None
    return listed.states.entry(place)


def _of_did_key(text: str) -> PublicKey:
    try:
        data = from_base58(parse_did(text).specific[1:])
    except CarbonError as fault:
        raise WrongUse(fault.message, where=text[:120]) from fault
    if data[:2] != MULTICODEC[EDDSA]:
        raise WrongUse("not an Ed25519 key", where=text[:120], mend="did:key:z6Mk…")
    return PublicKey(EDDSA, data[2:])
