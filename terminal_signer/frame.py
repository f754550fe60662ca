"""The signed frame: one COSE_Sign1, tagged 18, with a fixed protected header and an empty unprotected one.

What is refused, by name (a refused envelope is not stored; everything else that is authentic is):

    too-large            more than 64 KiB
    not-cbor             the bytes are not one CBOR item
    not-deterministic    not the one encoding of RFC 8949 §4.2.1, in envelope or protected header
    wrong-tag            not tag 18 around an array of four
    unprotected-header   not an empty map
    header-field         the protected header lacks, adds or malforms a field
    algorithm            an algorithm that is not installed, or not the enrolled key's
    unknown-key          kid is not the thumbprint of the key given (or no key is enrolled: the ledger says so)
    high-s               an ES256 signature in its second valid form, which would be a second digest
    signature            not 64 bytes, or not the key's over these bytes

The payload is opaque here and is read by `content`, whose faults never make a frame unauthentic.
"""

import hashlib
from enum import IntEnum
from typing import NamedTuple

from terminal_signer import cbor, cose, document, pack_shape
from terminal_signer.document import Document, Item
from terminal_signer.errors import PAYLOAD_FAULTS, REFUSALS, CarbonError, FrameRefused, PayloadFault
from terminal_signer.header import DOCUMENT, SENML, Header, Seen, read_header
from terminal_signer.keys import ES256, P256_HALF_ORDER, PublicKey
from terminal_signer.senml import Pack, Record

__all__ = [
    "DOCUMENT", "MAX_FRAME", "NO_FRAME", "PAYLOAD_FAULTS", "REFUSALS", "SENML", "SKEW", "Document", "Frame",
    "FrameRefused", "Header", "Item", "KeyClass", "Pack", "PayloadFault", "Record", "Seen", "content", "digest_of",
    "parse", "verify",
]  # fmt: skip

MAX_FRAME = 64 * 1024
NO_FRAME = bytes(32)
SKEW = 300  # seconds by which a reading may lie after its signing: clocks of meter and signer differ


class KeyClass(IntEnum):
    """What enrolment says a key may vouch for."""

    METER = 1
    OFFICER = 2
    LABORATORY = 3
    VERIFIER = 4


class Frame(NamedTuple):
    """`digest` is SHA-256 of `raw`, the frame's identity; `protected` the header as signed. A tuple, because a year has
    many, and making one costs a tenth of what a frozen dataclass does."""

    raw: bytes
    digest: bytes
    alg: int
    kid: bytes
    iss: str
    sub: str
    iat: int
    seq: int
    prev: bytes
    seen: Seen | None
    corrects: bytes | None
    content_type: int
    payload: bytes
    protected: bytes
    signature: bytes


def digest_of(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def parse(raw: bytes) -> Frame:
    """Envelope and header, without the signature. Raises FrameRefused."""
    if len(raw) > MAX_FRAME:
        raise FrameRefused(
            f"a frame has at most {MAX_FRAME} bytes", code="too-large", mend="send the hash, not the body"
        )
    if raw[:2] != b"\xd2\x84":
        raise _refusal(raw, "wrong-tag", "not tag 18 around an array of four")
    try:
        protected, at = _byte_string(raw, 2)
        if raw[at] != 0xA0:
            raise _refusal(raw, "unprotected-header", "the unprotected header is not an empty map")
        payload, at = _byte_string(raw, at + 1)
        if raw[at : at + 2] != b"\x58\x40" or len(raw) != at + 66:
            raise _refusal(raw, "signature", "the signature is not a string of 64 bytes")
    except (IndexError, CarbonError) as error:
        raise (
            error if isinstance(error, FrameRefused) else _refusal(raw, "not-cbor", "the frame is cut short")
        ) from None
    fields = read_header(protected)
    return Frame(raw, hashlib.sha256(raw).digest(), *fields, payload, protected, raw[at + 2 :])


def _byte_string(raw: bytes, at: int) -> tuple[bytes, int]:
    major, length, start = cbor.read_head(raw, at)
    if major != 2:
        raise _refusal(raw, "wrong-tag", "tag 18 does not hold [bytes, map, bytes, bytes]")
    end = start + length
    return raw[start:end], end


def _refusal(raw: bytes, code: str, message: str) -> FrameRefused:
    """The named refusal, unless the bytes as a whole are not (deterministic) CBOR, which comes first."""
    try:
        cbor.decode(raw)
    except (cbor.NotCbor, cbor.NotDeterministic) as error:
        return FrameRefused(error.message, code=error.code, where=error.where)
    except cbor.NotAllowed:
        pass
    return FrameRefused(message, code=code)


def verify(frame: Frame, key: PublicKey) -> None:
    """Raises FrameRefused: unknown-key, algorithm, high-s or signature."""
    if frame.kid != key.thumbprint():
        raise FrameRefused("kid is not the thumbprint of this key", code="unknown-key")
    if frame.alg != key.alg:
        raise FrameRefused("alg is not the enrolled key's", code="algorithm")
    if frame.alg == ES256 and int.from_bytes(frame.signature[32:], "big") > P256_HALF_ORDER:
        raise FrameRefused("s is in the high half", code="high-s", mend="sign with s normalised: n - s")
    if not key.verify(frame.signature, cose.signed_bytes(frame.protected, frame.payload)):
        raise FrameRefused("the signature is not this key's over these bytes", code="signature")


def content(frame: Frame) -> Pack | Document:
    """What the payload says. Raises PayloadFault, which flags the frame and does not refuse it."""
    if frame.content_type == SENML:
        return pack_shape.read(frame.payload, frame.iss + "/", frame.iat + SKEW)
    return document.read(frame.payload)
