"""Signed tokens in compact form (RFC 7515) with EdDSA (RFC 8037) and ES256: nothing else is written or accepted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import MOST_BYTES, jcs, read_object
from ledger.credentials.key_forms import KeyFormError, base64url, from_base64url
from ledger.credentials.trust import TrustedIssuer
from terminal_signer.keys import EDDSA, ES256, PublicKey, SigningKey

ALGORITHMS: Mapping[str, int] = {"EdDSA": EDDSA, "Ed25519": EDDSA, "ES256": ES256}
_NAMES: Mapping[int, str] = {EDDSA: "EdDSA", ES256: "ES256"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token whose signature holds."""

    header: dict[str, Any]
    payload: dict[str, Any]


def sign_token(payload: Mapping[str, Any], key: SigningKey, **header: str) -> str:
    """`header`: typ, kid and what else the format wants; `alg` follows from the key."""
    signed = f"{base64url(jcs({'alg': _NAMES[key.alg], **header}))}.{base64url(jcs(payload))}"
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def read_token(text: str, typ: str, trusted: TrustedIssuer) -> Token:
    """Signature, type and key; what the payload says is the caller's affair. Raises CredentialError."""
    return _read(text, typ, lambda header, alg: trusted.key(_kid(header, typ), alg))


def read_token_by(text: str, typ: str, key: PublicKey) -> Token:
    """The same of a token that this one key has to have signed. Raises CredentialError."""
    return _read(text, typ, lambda _, alg: key if key.alg == alg else None)


def _read(text: str, typ: str, find: Callable[[dict[str, Any], int], PublicKey | None]) -> Token:
    """`crit` is refused: no extension is understood here (RFC 7515, 4.1.11)."""
    header_part, payload_part, signature_part = _parts(text)
    header = read_object(_decoded(header_part), f"{typ} header")
    alg = ALGORITHMS.get(str(header.get("alg")))
    if alg is None or "crit" in header or header.get("b64", True) is not True:
        raise CredentialError(
            "a header that is not understood here", where=f"{typ} header", mend="alg EdDSA or ES256, no crit"
        )
    if header.get("typ") != typ:
        raise CredentialError(f"typ is {header.get('typ')!r:.60}, not {typ!r}", where=f"{typ} header")
    key = find(header, alg)
    if key is None or not key.verify(_decoded(signature_part), f"{header_part}.{payload_part}".encode()):
        raise CredentialError("the token is not what its signer signed", code="signature", where=typ)
    return Token(header, read_object(_decoded(payload_part), f"{typ} payload"))


def _kid(header: Mapping[str, Any], typ: str) -> str:
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise CredentialError("no kid", where=f"{typ} header")
    return kid


def unverified_header(text: str) -> dict[str, Any]:
    """What a token says that it is, before anything is checked. Raises CredentialError."""
    return read_object(_decoded(_parts(text)[0]), "token header")


def unverified_payload(text: str) -> dict[str, Any]:
    """For whoever holds a token of its own. Raises CredentialError."""
    return read_object(_decoded(_parts(text)[1]), "token payload")


def _parts(text: str) -> tuple[str, str, str]:
    parts = text.split(".")
    if len(parts) != 3 or len(text) > MOST_BYTES:
        raise CredentialError("not the three parts of a signed token")
    return parts[0], parts[1], parts[2]


def _decoded(part: str) -> bytes:
    try:
        return from_base64url(part)
    except KeyFormError as fault:
        raise CredentialError(fault.message) from None
