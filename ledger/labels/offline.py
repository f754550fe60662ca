"""A QR code's text: the address of a certificate's page and, in its fragment, the signed compact statement.

    https://<host>/<identifier>#v1.<base64url(payload ‖ signature)>
    https://<host>/01/<GTIN>[/10/<batch>][?7230=<scheme><suffix>]#v1.…     a product that has a GTIN: a GS1 Digital Link

A browser never sends the fragment. The signature is Ed25519 over CONTEXT ‖ payload, by the issuer's key. Keys come from
whoever checks, never from the code.

What checking offline cannot know, whatever it finds (`CANNOT_KNOW`): whether the certificate was suspended, revoked or
superseded after the code was made; whether this code is a copy, stuck on something that it is not about; whether what
the three parties signed is true.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from ledger.identifiers import digital_link
from ledger.identifiers.text import IdentifierError, percent_decoded
from ledger.identifiers.vaa import split
from ledger.labels.compact import ISSUER_BYTES, Compact, CompactError, payload, read_payload
from terminal_signer.keys import EDDSA, PublicKey, SigningKey

CONTEXT = b"carbon-ledger compact statement 1\0"
MOST_BYTES = 900
SIGNATURE = 64
CANNOT_KNOW = ("revoked-since", "copied", "true")

_FRAGMENT = re.compile(r"v([0-9]{1,3})\.([A-Za-z0-9_-]*)")
_WEB = re.compile(r"https?://(?:[^/?#@\s\\]*@)?([^/?#@\s\\]+)(/[^?#\s\\]*)?(\?[^#\s\\]*)?", re.IGNORECASE)
"""No backslash: browsers read it as a slash, so that the host would be another one than it seems."""
_IDENTIFIER = re.compile(r"/(88\.[^/]+/.+)", re.DOTALL)


class Outcome(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    MOVED = "moved"
    WRONG_SIGNATURE = "wrong-signature"
    UNKNOWN_KEY = "unknown-key"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Code:
    """`host`, `named` and `link` are what the address says: its authority, the certificate it leads to, and the path of
    its GS1 Digital Link ("" for none)."""

    address: str
    host: str
    named: str
    link: str
    compact: Compact
    signed: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """`notes`: other-host – the address has another host than the code was made for; unbound – the address names no
    certificate, and no product was signed, so that only the signed part says which one it is. `as_of`: up to when the
    checker knows the status: the certificate's issue, or the time of a status list at hand."""

    outcome: Outcome
    code: Code
    at: int
    notes: tuple[str, ...]
    as_of: int

    @property
    def cannot_know(self) -> tuple[str, ...]:
        return CANNOT_KNOW


def issuer_id(key: PublicKey) -> bytes:
    return key.thumbprint()[:ISSUER_BYTES]


def sign(address: str, compact: Compact, key: SigningKey) -> str:
    """The text for the QR code. Raises CompactError where the address is not the certificate's, or it gets too long."""
    if key.alg != EDDSA or issuer_id(key.public) != compact.issuer:
        raise CompactError("not the Ed25519 key that the statement names", code="key", where="issuer")
    data = payload(compact)
    blob = base64.urlsafe_b64encode(data + key.sign(CONTEXT + data)).rstrip(b"=").decode()
    text = f"{address}#v1.{blob}"
    code = read_code(text)
    if not _same(code) or code.host != compact.host:
        raise CompactError("the address is not that of this certificate", where=address[:80])
    return text


def read_code(text: str) -> Code:
    """Raises CompactError and nothing else."""
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise CompactError(f"longer than {MOST_BYTES} bytes", code="too-long")
    if not text.isprintable():
        raise CompactError("holds a character that cannot be printed", code="no-statement")
    address, hash_sign, fragment = text.strip(" ").partition("#")
    web, found = _WEB.fullmatch(address), _FRAGMENT.fullmatch(fragment)
    if not hash_sign or web is None or found is None:
        raise CompactError("no signed statement", code="no-statement", mend="https://<domain>/88.x.y/<suffix>#v1.…")
    if found[1] != "1":
        raise CompactError(f"version {found[1]} of the code is unknown", code="unknown-version", mend="update carbon")
    blob = _bytes(found[2])
    if len(blob) <= SIGNATURE:
        raise CompactError("shorter than a signature", code="cbor", where="fragment")
    signed, signature = blob[:-SIGNATURE], blob[-SIGNATURE:]
    host, (named, link) = web[1].lower(), _named(address, web[2] or "")
    return Code(address, host, named, link, read_payload(signed), signed, signature)


def verify(text: str, keys: Iterable[PublicKey], at: int) -> Checked:
    """What the code alone proves at a time, given the issuer's keys. Raises CompactError where it is malformed."""
    code = read_code(text)
    notes = ("other-host",) if code.host != code.compact.host else ()
    if not code.named and not code.compact.link:
        notes = (*notes, "unbound")
    return Checked(_outcome(code, keys, at), code, at, notes, code.compact.issued_at)


def with_status(checked: Checked, state: int, as_of: int) -> Checked:
    """With what a signed status list of that time says of the certificate: 0 it held, 2 it was suspended, else it was
    revoked or superseded. A code that is not genuine stays so."""
    if checked.outcome not in (Outcome.VALID, Outcome.EXPIRED):
        return checked
    ended = {0: checked.outcome, 2: Outcome.SUSPENDED}.get(state, Outcome.REVOKED)
    return replace(checked, outcome=ended, as_of=max(as_of, checked.as_of))


def _outcome(code: Code, keys: Iterable[PublicKey], at: int) -> Outcome:
    said = code.compact
    named = [key for key in keys if key.alg == EDDSA and issuer_id(key) == said.issuer]
    if not named:
        return Outcome.UNKNOWN_KEY
    if not any(key.verify(code.signature, CONTEXT + code.signed) for key in named):
        return Outcome.WRONG_SIGNATURE
    if not _same(code):
        return Outcome.MOVED
    if at < said.issued_at:
        return Outcome.NOT_YET
    return Outcome.EXPIRED if said.valid_until and at >= said.valid_until else Outcome.VALID


def _bytes(text: str) -> bytes:
    try:
        blob = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as fault:
        raise CompactError("no base64url", code="base64url", where="fragment") from fault
    if base64.urlsafe_b64encode(blob).rstrip(b"=").decode() != text:
        raise CompactError("not the one spelling of these bytes", code="base64url", where="fragment")
    return blob


def _named(address: str, path: str) -> tuple[str, str]:
    """The certificate that an address leads to: an identifier in its path, or the certification reference (723x) of a
    GS1 Digital Link, behind the two signs of its scheme, "" for one without; and the path of the Digital Link."""
    try:
        if found := _IDENTIFIER.search(percent_decoded(path)):
            split(found[1])
            return found[1], ""
        if digital_link.is_plausible(address):
            link = digital_link.parse_uri(address)
            return next((value[2:] for name, value in link.attributes if name.startswith("723")), ""), link.path
    except IdentifierError as fault:
        raise CompactError(fault.message, where="address", mend=fault.mend) from fault
    raise CompactError("the address leads to no certificate", code="no-statement", where=address[:80])


def _same(code: Code) -> bool:
    """Identifiers that differ in the case of ASCII letters are one. A certification reference may be the suffix only:
    it has at most 28 signs. Product, batch and serial are those that were signed."""
    identifier, link = code.compact.identifier, code.compact.link
    if code.link and link and code.link != link:
        return False
    return _key(code.named) in ("", _key(identifier), _key(identifier.partition("/")[2]))


def _key(text: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)
