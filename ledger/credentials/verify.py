"""Check a credential of any form offline: the signature against an issuer that is trusted from outside, then its time,
then the status lists at hand.

Forms: `vc` (Data Integrity), `vc+jwt`, `dc+sd-jwt`; a UNTP credential is either of the first two.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ledger.credentials import sd_jwt_vc
from ledger.credentials.data_integrity import check_proof
from ledger.credentials.entries import Entry as Entry
from ledger.credentials.entries import bitstring_entries, token_entry
from ledger.credentials.errors import CredentialError
from ledger.credentials.instants import instant
from ledger.credentials.jcs import read_object
from ledger.credentials.jose import read_token, unverified_header
from ledger.credentials.key_binding import Asked, Shown, is_recent
from ledger.credentials.status_list import TOKEN_TYP, StatusList, decode_bits, decode_states
from ledger.credentials.trust import Bounds, TrustedIssuer
from ledger.credentials.vc import CONTEXT

VC_TYP = "vc+jwt"
MOST_BYTES = 1 << 20

Json = dict[str, Any]


class Verdict(StrEnum):
    VALID = "valid"
    NOT_YET = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    UNCHECKED = "status-not-checked"
    KEY_ENDED = "key-ended"
    NOT_RECENT = "not-shown-lately"


@dataclass(frozen=True, slots=True)
class Verified:
    """What the trusted issuer signed. `shown`: the fields that were disclosed; times are Unix seconds. `key_ends`: from
    when on the key that signed it verifies nothing more."""

    form: str
    claims: Json
    shown: tuple[str, ...]
    entries: tuple[Entry, ...]
    begins: int | None
    ends: int | None
    key_ends: int | None = None
    holder: Shown | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A status list by the trusted issuer, valid until `ends`."""

    url: str
    purpose: str
    bits: StatusList
    ends: int | None


def verify(data: bytes, trusted: TrustedIssuer, asked: Asked | None = None) -> Verified:
    """`asked`: the holder has to have signed this nonce for this audience. Raises CredentialError."""
    text = _text(data)
    if asked and "~" not in text:
        raise CredentialError("only an SD-JWT can be bound to a holder", code="binding")
    if text.startswith("{"):
        document = read_object(text, "credential")
        check_proof(document, trusted)
        proof = document["proof"]
        bounds, created = trusted.bounds_of(proof["verificationMethod"]), instant(proof, "created")
        return _signed(_credential("vc", document, (), (instant(proof, "expires"),)), bounds, created)
    bounds = trusted.bounds_of(unverified_header(text.partition("~")[0]).get("kid"))
    if "~" in text:
        found = sd_jwt_vc.read(text, trusted, asked)
        return _signed(_sd_jwt(found), bounds, _whole(found.claims, "iat"))
    document = read_token(text, VC_TYP, trusted).payload
    if not trusted.is_named(document.get("issuer")):
        raise CredentialError("the issuer is not the trusted one", code="issuer", where="issuer")
    plain = _credential(VC_TYP, document, (_whole(document, "nbf"),), (_whole(document, "exp"),))
    return _signed(plain, bounds, _whole(document, "iat"))


def read_list(data: bytes, trusted: TrustedIssuer) -> Listed:
    """A status list in any of its forms. Raises CredentialError."""
    text = _text(data)
    if not text.startswith("{") and unverified_header(text).get("typ") == TOKEN_TYP:
        token = read_token(text, TOKEN_TYP, trusted)
        payload, bounds = token.payload, trusted.bounds_of(token.header["kid"])
        _check_date(bounds, _whole(payload, "iat"))
        ends = [end for end in (_whole(payload, "exp"), bounds.ends) if end is not None]
        states = decode_states(payload.get("status_list"))
        return Listed(str(payload.get("sub")), "token", states, min(ends, default=None))
    checked = verify(data, trusted)
    subject = checked.claims.get("credentialSubject")
    if not isinstance(subject, Mapping) or subject.get("type") != "BitstringStatusList":
        raise CredentialError("a credential, but no status list", where="credentialSubject")
    url = str(checked.claims.get("id"))
    bounded = min((end for end in (checked.ends, checked.key_ends) if end is not None), default=None)
    return Listed(url, str(subject.get("statusPurpose")), decode_bits(subject.get("encodedList")), bounded)


def judge(checked: Verified, now: int, lists: Iterable[Listed]) -> Verdict:
    """What a sound credential is worth now. A list that ended counts as absent. Raises CredentialError for an index
    beyond its list."""
    expired = checked.ends is not None and now >= checked.ends
    if checked.key_ends is not None and now >= checked.key_ends:
        return Verdict.EXPIRED if expired else Verdict.KEY_ENDED
    if checked.holder is not None and not is_recent(checked.holder, now):
        return Verdict.NOT_RECENT
    if checked.begins is not None and now < checked.begins:
        return Verdict.NOT_YET
    known = {(found.url, found.purpose): found for found in lists if found.ends is None or now < found.ends}
    states = [_state(entry, known.get((entry.url, entry.purpose))) for entry in checked.entries]
    for verdict in (Verdict.REVOKED, Verdict.SUSPENDED):
        if verdict in states:
            return verdict
    if expired:
        return Verdict.EXPIRED
    return Verdict.UNCHECKED if Verdict.UNCHECKED in states else Verdict.VALID


def _signed(checked: Verified, bounds: Bounds, dated: int | None) -> Verified:
    """`dated`: when it says that it was signed. Raises CredentialError for a date at which the key signed no more."""
    for date in (checked.begins, dated):
        _check_date(bounds, date)
    return replace(checked, key_ends=bounds.ends)


def _check_date(bounds: Bounds, date: int | None) -> None:
    if date is not None and bounds.retired is not None and date > bounds.retired:
        raise CredentialError("dated after the issuer had retired the key that signed it", code="key")


def _state(entry: Entry, found: Listed | None) -> Verdict:
    if found is None:
        return Verdict.UNCHECKED
    value = found.bits.entry(entry.index)
    if value == 0:
        return Verdict.VALID
    suspended = value == 2 if entry.purpose == "token" else entry.purpose == "suspension"
    return Verdict.SUSPENDED if suspended else Verdict.REVOKED


def _text(data: bytes) -> str:
    try:
        if len(data) > MOST_BYTES:
            raise CredentialError(f"longer than {MOST_BYTES} bytes")
        return data.decode().strip()
    except UnicodeDecodeError:
        raise CredentialError("not text in UTF-8") from None


def _credential(
    form: str, document: Json, more_begins: tuple[int | None, ...], more_ends: tuple[int | None, ...]
) -> Verified:
    """`more_begins`, `more_ends`: bounds that the proof or the token sets besides; the narrower one counts."""
    contexts, types = document.get("@context"), document.get("type")
    if not isinstance(contexts, list) or contexts[:1] != [CONTEXT]:
        raise CredentialError(f"the first @context is not {CONTEXT}", where="@context")
    if "VerifiableCredential" not in (types if isinstance(types, list) else [types]):
        raise CredentialError("not a VerifiableCredential", where="type")
    begins = [bound for bound in (instant(document, "validFrom"), *more_begins) if bound is not None]
    ends = [bound for bound in (instant(document, "validUntil"), *more_ends) if bound is not None]
    entries = tuple(bitstring_entries(document.get("credentialStatus", [])))
    return Verified(form, document, (), entries, max(begins, default=None), min(ends, default=None))


def _sd_jwt(found: sd_jwt_vc.Read) -> Verified:
    claims = found.claims
    entries = (token_entry(claims["status"]),) if "status" in claims else ()
    begins, ends = _whole(claims, "nbf"), _whole(claims, "exp")
    return Verified(sd_jwt_vc.TYP, claims, found.fields, entries, begins, ends, holder=found.holder)


def _whole(claims: Mapping[str, Any], name: str) -> int | None:
    value = claims.get(name)
    if value is not None and type(value) is not int:
        raise CredentialError("not a whole number of seconds", where=name)
    return value
