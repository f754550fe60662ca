"""Plain COSE_Sign1 (RFC 9052 §4.2) with ES256 and EdDSA (RFC 9053): sign, read, verify. No rule of ours is in here.

The reader takes any encoding that RFC 9052 allows, tagged or not; what a frame may look like is frame.py's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cbor2

from terminal_signer.cbor import encode
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PublicKey, SigningKey

TAG = 18
ALG, CRIT, CONTENT_TYPE, KID, CWT_CLAIMS = 1, 2, 3, 4, 15
MAX_SIZE = 1 << 20


class CoseFault(CarbonError):
    """The bytes are not a COSE_Sign1 message that this reader understands, or its signature does not verify."""

    code = "cose"


@dataclass(frozen=True, slots=True)
class Sign1:
    """`protected` is the byte string as signed; `headers` its map; `payload` None where it travels apart."""

    protected: bytes
    headers: Mapping[Any, Any]
    unprotected: Mapping[Any, Any]
    payload: bytes | None
    signature: bytes


def signed_bytes(protected: bytes, payload: bytes, external: bytes = b"") -> bytes:
    """Sig_structure ["Signature1", protected, external_aad, payload] (RFC 9052 §4.4)."""
    return b"\x84\x6aSignature1" + encode(protected) + encode(external) + encode(payload)


def sign(key: SigningKey, payload: bytes, protected: Mapping[Any, Any], external: bytes = b"") -> bytes:
    """A tagged message; alg goes into the protected header by itself, the unprotected one is empty."""
    header = encode({**protected, ALG: key.alg})
    return assemble(header, {}, payload, key.sign(signed_bytes(header, payload, external)))


def assemble(protected: bytes, unprotected: Mapping[Any, Any], payload: bytes, signature: bytes) -> bytes:
    return b"\xd2\x84" + encode(protected) + encode(unprotected) + encode(payload) + encode(signature)


def read(raw: bytes) -> Sign1:
    """Raises CoseFault for anything but one COSE_Sign1, tagged 18 or untagged."""
    if len(raw) > MAX_SIZE:
        raise CoseFault(f"larger than {MAX_SIZE} bytes")
    message = _load(raw)
    if isinstance(message, cbor2.CBORTag):
        if message.tag != TAG:
            raise CoseFault(f"tag {message.tag} is not COSE_Sign1")
        message = message.value
    if not isinstance(message, list | tuple) or len(message) != 4:
        raise CoseFault("not an array of four")
    protected, unprotected, payload, signature = message
    if type(protected) is not bytes or not isinstance(unprotected, Mapping) or type(signature) is not bytes:
        raise CoseFault("not [bytes, map, bytes, bytes]")
    if payload is not None and type(payload) is not bytes:
        raise CoseFault("the payload is not a byte string")
    headers = _load(protected) if protected else {}
    if not isinstance(headers, Mapping):
        raise CoseFault("the protected header is not a map")
    if headers.keys() & unprotected.keys():
        raise CoseFault("a label stands in both headers")
    return Sign1(protected, headers, unprotected, payload, signature)


def verify(message: Sign1, key: PublicKey, external: bytes = b"", detached: bytes | None = None) -> None:
    """Raises CoseFault unless the signature is the key's, by the algorithm that the header names."""
    if CRIT in message.headers or CRIT in message.unprotected:
        raise CoseFault("the message has critical headers that are not understood")
    alg = message.headers.get(ALG, message.unprotected.get(ALG))
    if type(alg) is not int or alg != key.alg:
        raise CoseFault("the algorithm is not the key's")
    payload = message.payload if message.payload is not None else detached
    if payload is None:
        raise CoseFault("the payload travels apart and was not given")
    # RFC 9052 §4.4: an empty map is signed as a zero-length string
    protected = message.protected if message.headers else b""
    if not key.verify(message.signature, signed_bytes(protected, payload, external)):
        raise CoseFault("the signature does not verify")


def _refused(*_: object) -> Any:
    raise ValueError("a tag that COSE does not use")


# Tags that a general decoder would turn into dates, big floats, fractions, patterns, references and sets.
_TAGS = dict.fromkeys((0, 1, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000), _refused)


def _load(data: bytes) -> Any:
    """The one item that `data` consists of; cbor2.loads would not mind bytes behind it."""
    decoder = cbor2.CBORDecoder(BytesIO(data), max_depth=16, semantic_decoders=_TAGS, allow_duplicate_keys=False)
    try:
        value = decoder.decode()
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise CoseFault(f"not CBOR that COSE uses: {type(error).__name__}") from None
    try:
        decoder.read(1)
    except cbor2.CBORDecodeEOF:
        return value
    raise CoseFault("bytes follow the message")
